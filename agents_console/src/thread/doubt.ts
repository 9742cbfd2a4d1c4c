/** What may have gone out and what may be done about it: a pure look at the log and the route. */

import type { Entry, Way } from "../../../widget/link/protocol.gen";
import { isOpen } from "../composer/forecast";
import type { Delivery } from "./delivery";
import { deliveries } from "./lines";
import { newest } from "./overrides";

export interface Remedies {
  /** The way by which it may go once more; it may be shut just now. */
  readonly again: Way | null;
  /** The other ways that are open. */
  readonly others: readonly Way[];
}

const NONE: Remedies = { again: null, others: [] };
/** Certainly nothing came of it, so that it leaves open what it carried. */
const CAME_TO_NOTHING = new Set([
  "deferred",
  "returned",
  "failed",
  "bounced",
  "superseded",
  "withdrawn",
]);
/** It was not tried there after all, or may be tried there still. */
const LEAVES_THE_PLACE = new Set(["deferred", "returned", "superseded", "withdrawn"]);

/** `seen`: how far the shopper has read; `ways`: what each of their addresses is good for now. */
export function remedies(
  delivery: Delivery,
  entries: readonly Entry[],
  seen: number,
  ways: readonly Way[],
): Remedies {
  if (!isDoubtful(delivery)) return NONE;
  const all = [...deliveries(entries).values()];
  const later = all.slice(all.findIndex(({ id }) => id === delivery.id) + 1);
  const shares = (other: Delivery) =>
    other.side === "shopper" &&
    other.form === "words" &&
    other.seqs.some((seq) => delivery.seqs.includes(seq));
  const after = later.filter(shares);
  const onTheirWay = after.filter(({ state }) => !CAME_TO_NOTHING.has(state));
  const open = delivery.seqs.filter(
    (seq) => seq > seen && !onTheirWay.some(({ seqs }) => seqs.includes(seq)),
  );
  if (open.length === 0) return NONE;
  const wishes = newest(entries, seen);
  const wished = open.map((seq) => wishes.get(seq)?.data ?? {});
  const isWished = (kind: string, way: Way) =>
    wished.every(
      (data) =>
        data.kind === kind &&
        data.delivery_id === delivery.id &&
        data.channel === way.channel &&
        data.to === way.to,
    );
  const here = ({ channel, to }: Way | Delivery) =>
    channel === delivery.channel && to === delivery.to;
  const again = ways.find(here) ?? null;
  const wentThere = after.some((other) => here(other) && !LEAVES_THE_PLACE.has(other.state));
  return {
    again: again && !wentThere && !isWished("resend", again) ? again : null,
    others: ways.filter((way) => !here(way) && isOpen(way) && !isWished("now", way)),
  };
}

/** Words to the shopper of which nobody knows whether they went out. */
export function isDoubtful({ side, form, state }: Delivery): boolean {
  return side === "shopper" && form === "words" && state === "unknown";
}
