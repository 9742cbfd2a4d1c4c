/** The last line of the thread: what will be done about what has not been read or answered. */

import { useState } from "preact/hooks";
import type { Reach } from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { say } from "../words";
import type { Thread } from "./thread";
import { WhyDialog } from "./why";

export function ReachLines({ thread }: { thread: Thread }) {
  const { shopper, staff } = thread.reach;
  return (
    <>
      {shopper && pending(shopper) && <ReachLine reach={shopper} storeId={thread.storeId} />}
      {staff && pending(staff) && <ReachLine reach={staff} storeId={thread.storeId} />}
    </>
  );
}

function pending(reach: Reach): boolean {
  return (reach.state === "waiting" || reach.state === "unreachable") && reach.sentence !== "";
}

function ReachLine({ reach, storeId }: { reach: Reach; storeId: string }) {
  const [why, setWhy] = useState(false);
  const { state, decision_id, sentence } = reach;
  return (
    <li class={`line reach ${state}`}>
      <span class="node">{state === "unreachable" && <Icon name="warn" size={14} />}</span>
      <p class="line-words" role={state === "unreachable" ? "alert" : undefined}>
        <bdi>{sentence}</bdi>
        {decision_id && (
          <button type="button" class="plain why" onClick={() => setWhy(true)}>
            {say("why.button")}
          </button>
        )}
      </p>
      {why && decision_id && (
        <WhyDialog storeId={storeId} decisionId={decision_id} onClose={() => setWhy(false)} />
      )}
    </li>
  );
}
