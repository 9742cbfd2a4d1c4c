/** The last line of the thread: what will be done about what has not been read or answered. */

import { useState } from "preact/hooks";
import type { Reach } from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { say } from "../words";
import type { Thread } from "./thread";
import { WhyDialog } from "./why";

export function ReachLines({ thread }: { thread: Thread }) {
  // Here and not in the line: the line goes as soon as what it told of is done, and somebody who
  // is reading why must not lose the page under their eyes.
  const [asked, setAsked] = useState<string | null>(null);
  const { shopper, staff } = thread.reach;
  return (
    <>
      {shopper && pending(shopper) && <ReachLine reach={shopper} onWhy={setAsked} />}
      {staff && pending(staff) && <ReachLine reach={staff} onWhy={setAsked} />}
      {asked && (
        <li class="asked">
          <WhyDialog storeId={thread.storeId} decisionId={asked} onClose={() => setAsked(null)} />
        </li>
      )}
    </>
  );
}

function pending(reach: Reach): boolean {
  return (reach.state === "waiting" || reach.state === "unreachable") && reach.sentence !== "";
}

function ReachLine({ reach, onWhy }: { reach: Reach; onWhy(decisionId: string): void }) {
  const { state, decision_id, sentence } = reach;
  return (
    <li class={`line reach ${state}`}>
      <span class="node">{state === "unreachable" && <Icon name="warn" size={14} />}</span>
      <p class="line-words" role={state === "unreachable" ? "alert" : undefined}>
        <bdi>{sentence}</bdi>
        {decision_id && (
          <button type="button" class="plain why" onClick={() => onWhy(decision_id)}>
            {say("why.button")}
          </button>
        )}
      </p>
    </li>
  );
}
