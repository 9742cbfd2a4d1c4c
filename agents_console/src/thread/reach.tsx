/** The last line of the thread: what will be done about what has not been read or answered. */

import { useState } from "preact/hooks";
import type { Reach } from "../../../widget/link/protocol.gen";
import { HowThisGoes } from "../composer/how-this-goes";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { full, second, wait } from "../time";
import { say } from "../words";
import { leftInChat } from "./overrides";
import type { Thread } from "./thread";
import { WhyDialog } from "./why";

export function ReachLines({ thread }: { thread: Thread }) {
  const { desk } = useRoom();
  // Here and not in the line: the line goes as soon as what it told of is done, and somebody who
  // is reading why must not lose the page under their eyes.
  const [asked, setAsked] = useState<string | null>(null);
  const [acting, setActing] = useState<HTMLElement | null>(null);
  const { shopper, staff } = thread.reach;
  return (
    <>
      {shopper && (pending(shopper) || staysInChat(thread)) && (
        <ReachLine
          reach={shopper}
          onWhy={setAsked}
          acting={acting !== null}
          onAct={thread.route ? (button) => setActing(acting ? null : button) : null}
        />
      )}
      {staff && pending(staff) && <ReachLine reach={staff} onWhy={setAsked} />}
      {(asked || acting) && (
        <li class="asked">
          {asked && (
            <WhyDialog storeId={thread.storeId} decisionId={asked} onClose={() => setAsked(null)} />
          )}
          {acting && (
            <HowThisGoes
              thread={thread}
              anchor={acting}
              onChoose={(wish) => wish && desk.override(wish)}
              onClose={() => setActing(null)}
            />
          )}
        </li>
      )}
    </>
  );
}

function pending(reach: Reach): boolean {
  return (reach.state === "waiting" || reach.state === "unreachable") && reach.sentence !== "";
}

/** Nothing more will be done about it by itself, but somebody may change their mind. */
function staysInChat({ log, reach }: Thread): boolean {
  if (reach.shopper?.state !== "carried" || !log) return false;
  return leftInChat(log.entries, log.seenShopper).length > 0;
}

interface ReachProps {
  reach: Reach;
  onWhy(decisionId: string): void;
  /** Changes how it goes; null when nothing is known of the ways. */
  onAct?: ((button: HTMLElement) => void) | null;
  acting?: boolean;
}

function ReachLine({ reach, onWhy, onAct = null, acting = false }: ReachProps) {
  const { state, decision_id, sentence } = reach;
  return (
    <li class={`line reach ${state}`}>
      <span class="node">{state === "unreachable" && <Icon name="warn" size={14} />}</span>
      <p class="line-words" role={state === "unreachable" ? "alert" : undefined}>
        <bdi>{sentence}</bdi> <Countdown reach={reach} />
        {decision_id && (
          <button type="button" class="plain why" onClick={() => onWhy(decision_id)}>
            {say("why.button")}
          </button>
        )}
        {onAct && (
          <button
            type="button"
            class="plain why"
            aria-haspopup="menu"
            aria-expanded={acting}
            onClick={(event) => onAct(event.currentTarget)}
          >
            {say("how.change")}
          </button>
        )}
      </p>
    </li>
  );
}

/** Further off, it may only be the gateway looking again. */
const NEAR_MS = 60 * 60_000;

/** How long until something happens by itself; the log is read aloud, but not each of its seconds. */
function Countdown({ reach }: { reach: Reach }) {
  const { state, due_at } = reach;
  const left = due_at === null ? 0 : due_at - second.value;
  if (state !== "waiting" || due_at === null || left <= 0 || left > NEAR_MS) {
    return null;
  }
  return (
    <time
      class="countdown"
      aria-live="off"
      dateTime={new Date(due_at).toISOString()}
      title={full(due_at)}
    >
      {say("reach.in", { time: wait(left) })}
    </time>
  );
}
