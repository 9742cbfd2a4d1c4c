/** Below a delivery that may have gone out: send it again at a risk, or try another way. */

import { useId } from "preact/hooks";
import type { Way } from "../../../widget/link/protocol.gen";
import { barred, isOpen } from "../composer/forecast";
import { touch } from "../composer/touch";
import { insteadBy, onceMore } from "../composer/wish";
import { useRoom } from "../context";
import { COMPOSER_ID } from "../desk/keys";
import { Icon } from "../icons";
import { second } from "../time";
import { say } from "../words";
import type { Delivery } from "./delivery";
import { remedies } from "./doubt";

export function DoubtActs({ delivery }: { delivery: Delivery }) {
  const { desk } = useRoom();
  const thread = desk.thread.value;
  if (!thread?.log || !thread.route) return null;
  const { entries, seenShopper } = thread.log;
  const { again, others } = remedies(delivery, entries, seenShopper, thread.route.ways);
  if (!again && others.length === 0) return null;
  const choose = (wish: ReturnType<typeof onceMore>) => {
    desk.override(wish);
    // The button goes with the wish; on a phone the field would bring its keyboard.
    if (!touch()) document.getElementById(COMPOSER_ID)?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: no form's fields are grouped here
    <div class="doubt" role="group" aria-label={say("doubt.label")}>
      {again && (
        <Again way={again} delivery={delivery} onPick={() => choose(onceMore(delivery.id))} />
      )}
      {others.map((way) => (
        <button
          key={way.address_id}
          type="button"
          class="button"
          onClick={() => choose(insteadBy(way, delivery.id))}
        >
          <Icon name={way.channel} size={14} />
          <span>
            {say("doubt.try", { channel: say(`channel.${way.channel}`) })}
            <small>
              <bdi>{way.to}</bdi>
            </small>
          </span>
        </button>
      ))}
    </div>
  );
}

interface AgainProps {
  way: Way;
  delivery: Delivery;
  onPick(): void;
}

/** Barred, it can be reached all the same: it says why. */
function Again({ way, delivery, onPick }: AgainProps) {
  const id = useId();
  const off = !isOpen(way);
  const risk = say("doubt.risk", { name: delivery.person || say("doubt.they") });
  return (
    <button
      type="button"
      class="button"
      aria-disabled={off}
      aria-describedby={id}
      onClick={() => {
        if (!off) onPick();
      }}
    >
      <Icon name={way.channel} size={14} />
      <span>
        {say("doubt.again")}
        <small id={id}>{off ? barred(way, second.value) : risk}</small>
      </span>
    </button>
  );
}
