import { useState } from "preact/hooks";
import { Icon } from "../icons";
import { full } from "../time";
import { say } from "../words";
import { type Delivery, outcome, tone, what } from "./delivery";
import { isDoubtful } from "./doubt";
import { DoubtActs } from "./doubt-acts";
import { At } from "./line-item";
import { WhyDialog } from "./why";

interface DeliveryProps {
  delivery: Delivery;
  knot: boolean;
  storeId: string;
}

/** One line: by what, to whom, how far it came, and why. */
export function DeliveryItem({ delivery, knot, storeId }: DeliveryProps) {
  const [why, setWhy] = useState(false);
  const { decisionId, channel, side } = delivery;
  return (
    <li class={`line delivery to-${side} ${knot ? "knot" : ""}`}>
      <span class="node">
        <Icon name={channel} size={14} />
      </span>
      <p class="line-words">
        <bdi>{what(delivery)}</bdi>
        <span class={`outcome ${tone(delivery)}`} title={full(delivery.since)}>
          {outcome(delivery)}
        </span>
        <At at={delivery.at} />
        {decisionId && (
          <button type="button" class="plain why" onClick={() => setWhy(true)}>
            {say("why.button")}
          </button>
        )}
      </p>
      {isDoubtful(delivery) && <DoubtActs delivery={delivery} />}
      {why && decisionId && (
        <WhyDialog storeId={storeId} decisionId={decisionId} onClose={() => setWhy(false)} />
      )}
    </li>
  );
}
