/** The ways in which something may go: an answer to come, or what already waits. */

import { useState } from "preact/hooks";
import type { Way, Wish } from "../../../widget/link/protocol.gen";
import { COMPOSER_ID } from "../desk/keys";
import { wished } from "../thread/overrides";
import type { Thread } from "../thread/thread";
import { second } from "../time";
import { say } from "../words";
import { barred, forecast, isOpen, line } from "./forecast";
import { giveBack, Menu } from "./menu";
import { MenuItem } from "./menu-item";
import { NotBeforeDialog } from "./not-before";
import { touch } from "./touch";
import { AS_USUAL, CHAT_ONLY, notBefore, nowBy, same } from "./wish";

interface HowProps {
  thread: Thread;
  /** What opened it. */
  anchor: HTMLElement;
  /** What has been chosen for an answer to come. Left out: a choice acts at once. */
  chosen?: Wish | null;
  /** Null: by the store's policy, after all; what waits is told so by a wish of its own. */
  onChoose(wish: Wish | null): void;
  onClose(): void;
}

export function HowThisGoes({ thread, anchor, chosen, onChoose, onClose }: HowProps) {
  const [later, setLater] = useState(false);
  const before = chosen !== undefined;
  const back = (to: HTMLElement | null) => {
    onClose();
    // Only once a dialog is gone may anything behind it have the focus.
    setTimeout(() => giveBack(to ?? anchor));
  };
  const close = () => back(null);
  // What is next is writing; the line that was asked from may be gone with what it told of.
  const choose = (wish: Wish | null) => {
    back(before || !touch() ? document.getElementById(COMPOSER_ID) : null);
    onChoose(wish);
  };
  if (later) {
    return <NotBeforeDialog onChoose={(until) => choose(notBefore(until))} onClose={close} />;
  }
  const checked = (wish: Wish | null) => (before ? same(chosen, wish) : undefined);
  return (
    <Menu
      label={say("how.button")}
      anchor={anchor}
      onClose={onClose}
      lead={say(before ? "how.lead.next" : "how.lead.waiting")}
    >
      {before && (
        <MenuItem
          icon={thread.route?.channel ?? "warn"}
          words={say("how.policy")}
          more={usual(thread)}
          checked={checked(null)}
          onPick={() => choose(null)}
        />
      )}
      {!before && somethingIsWished(thread) && (
        <MenuItem
          icon={thread.route?.channel ?? "warn"}
          words={say("how.policy")}
          more={say("how.policy.back")}
          checked={undefined}
          onPick={() => choose(AS_USUAL)}
        />
      )}
      {thread.route?.ways.map((way) => (
        <WayItem
          key={way.address_id}
          way={way}
          checked={checked(nowBy(way))}
          onPick={() => choose(nowBy(way))}
        />
      ))}
      <MenuItem
        icon="chat"
        words={say("how.chat_only")}
        more={say("how.chat_only.more")}
        checked={checked(CHAT_ONLY)}
        onPick={() => choose(CHAT_ONLY)}
      />
      <MenuItem
        icon="clock"
        words={say("how.not_before")}
        checked={before ? chosen?.kind === "not_before" : undefined}
        onPick={() => setLater(true)}
      />
    </Menu>
  );
}

/** Is something that has not been seen to go otherwise than by the store's policy? */
function somethingIsWished({ log }: Thread): boolean {
  return log !== null && wished(log.entries, log.seenShopper, second.value).size > 0;
}

function usual({ route, shopper, routeAt }: Thread): string {
  if (!route) return "";
  const { where, steps } = forecast(route, shopper, routeAt, second.value);
  return line(where, steps);
}

interface WayProps {
  way: Way;
  checked: boolean | undefined;
  onPick(): void;
}

function WayItem({ way, checked, onPick }: WayProps) {
  const off = !isOpen(way);
  return (
    <MenuItem
      icon={way.channel}
      words={say("how.now", { channel: say(`channel.${way.channel}`), to: way.to })}
      more={off ? barred(way, second.value) : ""}
      off={off}
      checked={checked}
      onPick={onPick}
    />
  );
}
