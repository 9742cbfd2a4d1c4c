/** Somebody wrote while an answer was on its way: it has not been sent, and one is asked. */

import { useRef, useState } from "preact/hooks";
import type { Letter } from "../../../widget/link/outbox";
import type { AgentSay } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { say, sayMany } from "../words";
import { Bubble } from "./bubble";
import { By } from "./message";
import { isStale, isToBlocked, missed, whoWrote } from "./stale";
import type { Thread } from "./thread";

/** More is read in the thread. */
const MOST_SHOWN = 3;

/** Asks once about each stale answer of the open conversation; `onLook` leads to what came. */
export function StaleGuard({ thread, onLook }: { thread: Thread; onLook(): void }) {
  const { desk } = useRoom();
  const asked = useRef(new Set<string>());
  const [, drawAgain] = useState(0);
  const letter = desk.outbox.value.find(
    (each) =>
      isStale(each) &&
      each.frame.conversation_id === thread.conversationId &&
      !asked.current.has(each.frame.cmid),
  );
  if (!letter) return null;
  const { cmid } = letter.frame;
  return (
    <StaleDialog
      key={cmid}
      letter={letter}
      thread={thread}
      onSend={() => desk.sendAnyway(cmid)}
      onLook={() => {
        asked.current.add(cmid);
        drawAgain((n) => n + 1);
        onLook();
      }}
    />
  );
}

interface StaleProps {
  letter: Letter<AgentSay>;
  thread: Thread;
  onSend(): void;
  onLook(): void;
}

function StaleDialog({ letter, thread, onSend, onLook }: StaleProps) {
  const { desk } = useRoom();
  const came = missed(letter, thread.log?.entries ?? [], desk.me.agent_id);
  const shown = came.slice(-MOST_SHOWN);
  const more = came.length - shown.length;
  const blocked = isToBlocked(letter);
  const title = blocked ? say("stale.blocked") : say("stale.title", { who: whoWrote(came) });
  return (
    <Dialog title={title} onClose={onLook}>
      <div class="stale">
        {blocked && <p>{say("stale.blocked.why")}</p>}
        <section hidden={shown.length === 0}>
          <h3>{say("stale.came")}</h3>
          {more > 0 && <p class="small muted">{sayMany("stale.more", more)}</p>}
          <ul class="stale-came">
            {shown.map((entry) => (
              <li key={entry.id} class={`from-${entry.author.side} ${entry.kind}`}>
                <By entry={entry} />
                <Bubble text={entry.body ?? ""} marked={entry.author.side === "staff"} />
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h3>{say("stale.yours")}</h3>
          <div class="from-staff unsent">
            <Bubble text={letter.frame.body} marked />
          </div>
        </section>
        <p class="dialog-acts">
          <button type="button" class="button" onClick={onSend}>
            {say("letter.anyway")}
          </button>
          <button type="button" class="primary" autofocus onClick={onLook}>
            {say(blocked ? "stale.leave" : "stale.look")}
          </button>
        </p>
      </div>
    </Dialog>
  );
}
