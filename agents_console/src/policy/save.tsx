/** The bar that stands below while something is unsaved, and the list of changes before they hold. */

import { useSignal } from "@preact/signals";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { useOnce } from "../once";
import { useKeysBack } from "../page/keys";
import { usePolicy } from "./context";
import { showFirst } from "./repair";
import { say, sayMany } from "./words";

export function SaveBar() {
  const { desk } = useRoom();
  const screen = usePolicy();
  const { room } = screen;
  const asking = useSignal(false);
  const isShown = room.dirty.value && !room.locked.value;
  useKeysBack(isShown, "policy");
  if (!isShown) return null;
  const wrong = room.problems.value.size;
  const discard = () => {
    const before = room.draft.value;
    room.discard();
    desk.toast.value = { words: say("save.discarded"), undo: () => room.edit(() => before) };
  };
  const see = async () => {
    // Somebody may press within the moment in which the latest letter is still being checked.
    await room.check();
    if (room.problems.value.size > 0) showFirst(screen);
    else asking.value = true;
  };
  return (
    <section class="save-bar" aria-label={say("save.see")}>
      <p role="status">
        {wrong > 0 ? (
          <span class="wrong">
            <Icon name="warn" /> {sayMany("save.wrong", wrong)}
          </span>
        ) : (
          sayMany("save.changes", room.changes.value.length)
        )}
      </p>
      <button type="button" class="plain" onClick={discard}>
        {say("save.discard")}
      </button>
      {wrong > 0 ? (
        <button type="button" class="button" onClick={() => showFirst(screen)}>
          {say("save.show")}
        </button>
      ) : (
        <button type="button" class="primary" onClick={() => void see()}>
          {say("save.see")}
        </button>
      )}
      {asking.value && <SaveDialog onClose={() => (asking.value = false)} />}
    </section>
  );
}

function SaveDialog({ onClose }: { onClose(): void }) {
  const { desk } = useRoom();
  const screen = usePolicy();
  const { room } = screen;
  const [busy, once] = useOnce();
  const notice = useSignal("");
  const save = async () => {
    const { how, words } = await room.save(room.draft.value);
    const { version, by } = room.fact.value;
    if (how === "saved") {
      desk.toast.value = { words: say("save.done", { n: version }), undo: null };
      onClose();
    } else if (how === "wrong") {
      onClose();
      showFirst(screen);
    } else if (how === "conflict") {
      notice.value = say("save.conflict", { who: by || say("operator"), n: version });
    } else notice.value = words;
  };
  return (
    <Dialog title={say("save.title")} onClose={onClose}>
      {notice.value && (
        <p class="notice" role="alert">
          {notice.value}
        </p>
      )}
      <ChangeList changes={room.changes.value} />
      <p class="muted">{say("save.says")}</p>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {say("save.cancel")}
        </button>
        <button type="button" class="primary" aria-disabled={busy} onClick={() => void once(save)}>
          {say(busy ? "save.busy" : "save.go")}
        </button>
      </footer>
    </Dialog>
  );
}

export function ChangeList({ changes }: { changes: readonly string[] }) {
  if (changes.length === 0) return <p>{say("save.nothing")}</p>;
  return (
    <ul class="changes">
      {changes.map((words) => (
        <li key={words} dir="auto">
          {words}
        </li>
      ))}
    </ul>
  );
}
