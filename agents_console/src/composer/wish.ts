/** How an agent wants messages brought, other than by the store's policy. */

import type { Way, Wish } from "../../../widget/link/protocol.gen";
import { fieldDay, moment, present } from "../time";
import { say } from "../words";
import { barred, isOpen } from "./forecast";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The gateway leaves nothing for longer. */
export const MOST_AHEAD = 30 * DAY;
/** "This evening" is no choice when it has all but come. */
const SOON = 15 * MINUTE;

const NOTHING = { address_id: null, until: null, delivery_id: null } as const;
export const CHAT_ONLY: Wish = { ...NOTHING, kind: "chat_only" };
/** Takes an earlier wish back. */
export const AS_USUAL: Wish = { ...NOTHING, kind: "as_usual" };

export function nowBy(way: Way): Wish {
  return { ...NOTHING, kind: "now", address_id: way.address_id };
}

export function notBefore(until: number): Wish {
  return { ...NOTHING, kind: "not_before", until };
}

/** What this delivery carried once more by the same address, though it may have gone out. */
export function onceMore(deliveryId: string): Wish {
  return { ...NOTHING, kind: "resend", delivery_id: deliveryId };
}

/** What this delivery carried by another way now, though it may have gone out. */
export function insteadBy(way: Way, deliveryId: string): Wish {
  return { ...nowBy(way), delivery_id: deliveryId };
}

/** "By SMS now to ••• 12"; an address that is not known any more is left out. */
export function wishWords(wish: Wish, ways: readonly Way[], at: number): string {
  if (wish.kind === "as_usual") return say("how.policy");
  if (wish.kind === "chat_only") return say("wish.chat_only");
  if (wish.kind === "not_before") {
    return say("wish.not_before", { time: moment(wish.until ?? at, at) });
  }
  const way = ways.find((each) => each.address_id === wish.address_id);
  if (!way) return say("wish.now");
  return say("wish.now.by", { channel: say(`channel.${way.channel}`), to: way.to });
}

/** Why the wish cannot be followed just now, or null when it can. */
export function wishTrouble(wish: Wish, ways: readonly Way[], at: number): string | null {
  if (wish.kind !== "now") return null;
  const way = ways.find((each) => each.address_id === wish.address_id);
  return way && !isOpen(way) ? barred(way, at) : null;
}

/** A time that has come by itself is no wish any more. */
export function stillWished(wish: Wish | null | undefined): Wish | null {
  if (!wish) return null;
  return wish.kind === "not_before" && (wish.until ?? 0) <= present() ? null : wish;
}

export interface Choice {
  readonly words: string;
  readonly until: number;
}

/** What is most often meant, in the agent's own zone. */
export function choices(at: number): readonly Choice[] {
  const evening = local(at, 0, 18);
  const found: Choice[] = [{ words: say("later.hour"), until: at + HOUR }];
  if (evening - at > SOON) found.push({ words: say("later.evening"), until: evening });
  return [...found, { words: say("later.tomorrow"), until: local(at, 1, 9) }];
}

/** The hour of the day, `days` on; the calendar knows when the clocks change. */
function local(at: number, days: number, hour: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, hour).getTime();
}

/** What a field for a date and time holds, in the zone of this computer. */
export function fieldValue(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${fieldDay(at)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The instant of a field's value, or the sentence that says what is wrong with it. */
export function fromField(value: string, at: number): number | string {
  const until = new Date(value).getTime();
  if (Number.isNaN(until)) return say("later.missing");
  if (until <= at) return say("later.past");
  return until > at + MOST_AHEAD ? say("later.far") : until;
}

/** The zone of this computer, as people read it. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ");
}

/** Are these the same wish? Two instants are told apart by the one who sets them, not here. */
export function same(one: Wish | null | undefined, other: Wish | null): boolean {
  if (!one || !other) return !one && !other;
  return one.kind === other.kind && one.address_id === other.address_id;
}
