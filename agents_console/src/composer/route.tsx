/** The line over the composer: where this will go, when, and how it may go instead. */

import { useRef, useState } from "preact/hooks";
import type { Route, Wish } from "../../../widget/link/protocol.gen";
import { HOW_ID } from "../desk/keys";
import { Icon } from "../icons";
import type { Thread } from "../thread/thread";
import { second } from "../time";
import { say } from "../words";
import { forecast } from "./forecast";
import { HowThisGoes } from "./how-this-goes";
import { wishTrouble, wishWords } from "./wish";

interface RouteProps {
  thread: Thread;
  note: boolean;
  /** What has been chosen for this one answer. */
  wish: Wish | null;
  onWish(wish: Wish | null): void;
}

export function RouteLine({ thread, note, wish, onWish }: RouteProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  if (note) {
    return (
      <p class="route note" role="status">
        <Icon name="note" /> <span class="route-words">{say("note.private")}</span>
      </p>
    );
  }
  const { route } = thread;
  if (!route) return <div class="route" />;
  return (
    <div class={`route ${wish ? "wished" : (route.channel ?? "nowhere")}`}>
      {wish ? (
        <WishChip wish={wish} route={route} onRemove={() => onWish(null)} />
      ) : (
        <RouteWords thread={thread} route={route} />
      )}
      <button
        id={HOW_ID}
        ref={button}
        type="button"
        class="plain how"
        aria-haspopup="menu"
        aria-expanded={open}
        title={say("how.what")}
        onClick={() => setOpen(!open)}
      >
        <span class="how-words">{say("how.button")}</span>
        <Icon name="up" size={14} />
      </button>
      {open && button.current && (
        <HowThisGoes
          thread={thread}
          anchor={button.current}
          chosen={wish}
          onChoose={onWish}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

/** What counts down is not read aloud at each second; that the facts have changed is, once. */
function RouteWords({ thread, route }: { thread: Thread; route: Route }) {
  const { where, steps, aloud } = forecast(route, thread.shopper, thread.routeAt, second.value);
  return (
    <>
      <Icon name={route.channel ?? "warn"} />
      <p class="route-words" title={route.sentence}>
        <span class="route-where">{say("route.where", { where })}</span>{" "}
        {steps.map((step, at) => (
          <span key={step} class={at > 0 ? "route-then" : ""}>
            {at > 0 && say("route.between")}
            {step}
          </span>
        ))}
      </p>
      <span class="hidden" role="status">
        {aloud}
      </span>
    </>
  );
}

interface ChipProps {
  wish: Wish;
  route: Route;
  onRemove(): void;
}

function WishChip({ wish, route, onRemove }: ChipProps) {
  const at = second.value;
  const words = wishWords(wish, route.ways, at);
  const trouble = wishTrouble(wish, route.ways, at);
  return (
    <p class="route-words" role="status">
      <span class={`chip ${trouble ? "trouble" : ""}`}>
        <Icon name={icon(wish, route)} size={14} />
        <span>{words}</span>
        <button
          type="button"
          class="chip-remove"
          aria-label={say("wish.remove", { words })}
          title={say("wish.remove", { words })}
          onClick={onRemove}
        >
          <Icon name="close" size={14} />
        </button>
      </span>
      <span class="muted">{trouble ?? say("wish.only-this")}</span>
    </p>
  );
}

function icon(wish: Wish, route: Route) {
  if (wish.kind === "chat_only") return "chat";
  if (wish.kind === "not_before") return "clock";
  return route.ways.find((way) => way.address_id === wish.address_id)?.channel ?? "sms";
}
