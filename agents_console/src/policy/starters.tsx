/** Policies to begin with; one of them is put on the page, and nothing is in force by that. */

import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { usePolicy } from "./context";
import { toDraft } from "./document";
import type { Starter } from "./requests";
import { say } from "./words";

export function StartersDialog({ onClose }: { onClose(): void }) {
  const { desk } = useRoom();
  const { room } = usePolicy();
  const use = ({ title, document }: Starter) => {
    const before = room.draft.value;
    room.edit(() => toDraft(document));
    desk.toast.value = {
      words: say("starters.used", { title }),
      undo: () => room.edit(() => before),
    };
    onClose();
  };
  return (
    <Dialog title={say("starters.title")} onClose={onClose}>
      <p class="muted">{say("starters.says")}</p>
      <ul class="starters">
        {room.fact.value.starters.map((starter) => (
          <li key={starter.name}>
            <div>
              <strong>{starter.title}</strong>
              <p class="muted">{starter.says}</p>
            </div>
            <button type="button" class="button" onClick={() => use(starter)}>
              {say("starters.use", { title: starter.title })}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
