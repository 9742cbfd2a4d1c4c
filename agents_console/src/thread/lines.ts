/** The drawn thread as data: a pure fold of the log into what hangs on the line. */

import type { Entry } from "../../../widget/link/protocol.gen";
import { day } from "../time";
import { type Channel, channelOf, type Delivery, deliveryOf, folded } from "./delivery";
import { told } from "./event";

export type Line =
  | { readonly is: "day"; readonly key: string; readonly at: number }
  | {
      readonly is: "message" | "note";
      readonly key: string;
      readonly entry: Entry;
      /** Not right below another one of the same author: says who. */
      readonly first: boolean;
    }
  | { readonly is: "event"; readonly key: string; readonly entry: Entry; readonly words: string }
  /** Here the conversation moved to another channel. */
  | {
      readonly is: "knot";
      readonly key: string;
      readonly at: number;
      readonly channel: Channel;
      readonly name: string;
    }
  | {
      readonly is: "delivery";
      readonly key: string;
      readonly delivery: Delivery;
      /** It also moved the conversation to its channel. */
      readonly knot: boolean;
    };

const GROUP_MS = 5 * 60_000;
/** Certainly nowhere: not handed over yet, or come to nothing. All else may have arrived. */
const NOWHERE = new Set([
  "queued",
  "deferred",
  "returned",
  "failed",
  "bounced",
  "superseded",
  "withdrawn",
]);
/** Never meant for anybody's eyes: a plan that gave way to a better one. */
const HIDDEN = new Set(["superseded"]);
/** What did not arrive has moved the conversation nowhere. */
const MOVED_NOTHING = new Set(["returned", "failed", "bounced", "withdrawn"]);

/** All entries of each delivery as one, by id. */
export function deliveries(entries: readonly Entry[]): ReadonlyMap<string, Delivery> {
  const all = new Map<string, Delivery>();
  for (const entry of entries) {
    const delivery = deliveryOf(entry);
    if (!delivery) continue;
    const earlier = all.get(delivery.id);
    all.set(delivery.id, earlier ? folded(earlier, delivery) : delivery);
  }
  return all;
}

export function lines(entries: readonly Entry[]): readonly Line[] {
  const fold = new Fold(deliveries(entries));
  for (const entry of entries) fold.take(entry);
  return fold.lines;
}

class Fold {
  readonly lines: Line[] = [];
  readonly #deliveries: ReadonlyMap<string, Delivery>;
  /** What is told by a delivery's own line need not be told by `carried` too. */
  readonly #carried = new Set<string>();
  readonly #shown = new Set<string>();
  #channel: Channel | null = null;
  #day = "";
  #last: Entry | null = null;

  constructor(all: ReadonlyMap<string, Delivery>) {
    this.#deliveries = all;
    for (const { side, state, channel, seqs } of all.values()) {
      if (side !== "shopper" || HIDDEN.has(state)) continue;
      for (const seq of seqs) this.#carried.add(`${channel}:${seq}`);
    }
  }

  take(entry: Entry): void {
    if (entry.kind !== "event") this.#written(entry);
    else if (entry.event === "delivery") this.#delivered(entry);
    else if (entry.event === "carried") this.#carriedBy(entry);
    else this.#happened(entry);
  }

  #push(line: Line, at: number): void {
    const today = day(at);
    if (today !== this.#day) {
      this.#day = today;
      this.#last = null;
      this.lines.push({ is: "day", key: `day-${today}-${line.key}`, at });
    }
    this.lines.push(line);
  }

  #written(entry: Entry): void {
    if (entry.kind === "message" && entry.author.side === "shopper") this.#came(entry);
    const last = this.#last;
    const first =
      !last ||
      day(last.at) !== day(entry.at) ||
      last.kind !== entry.kind ||
      last.author.side !== entry.author.side ||
      last.author.id !== entry.author.id ||
      last.channel !== entry.channel ||
      entry.at - last.at > GROUP_MS;
    this.#push(
      { is: entry.kind === "note" ? "note" : "message", key: entry.id, entry, first },
      entry.at,
    );
    this.#last = entry;
  }

  /** The shopper writes from elsewhere than the conversation was: it goes on there. */
  #came(entry: Entry): void {
    const { channel, author, at } = entry;
    if (this.#channel !== null && this.#channel !== channel) {
      this.#push({ is: "knot", key: `knot-${entry.id}`, at, channel, name: author.name }, at);
      this.#last = null;
    }
    this.#channel = channel;
  }

  #delivered(entry: Entry): void {
    const delivery = this.#deliveries.get(String(entry.data.delivery_id));
    if (!delivery || this.#shown.has(delivery.id) || HIDDEN.has(delivery.state)) return;
    this.#shown.add(delivery.id);
    const { side, form, state } = delivery;
    const moves = side === "shopper" && form === "words" && !MOVED_NOTHING.has(state);
    const knot = moves && this.#moved(delivery.channel);
    this.#push({ is: "delivery", key: `delivery-${delivery.id}`, delivery, knot }, entry.at);
    this.#last = null;
  }

  #carriedBy(entry: Entry): void {
    const channel = channelOf(entry.data.channel);
    const seqs = Array.isArray(entry.data.seqs) ? entry.data.seqs : [];
    if (seqs.some((seq) => this.#carried.has(`${channel}:${seq}`))) return;
    if (!this.#moved(channel)) return;
    this.#push({ is: "knot", key: entry.id, at: entry.at, channel, name: "" }, entry.at);
    this.#last = null;
  }

  #moved(channel: Channel): boolean {
    const moved = this.#channel !== channel;
    this.#channel = channel;
    return moved;
  }

  #happened(entry: Entry): void {
    const words = told(entry);
    if (words === null) return;
    this.#push({ is: "event", key: entry.id, entry, words }, entry.at);
    this.#last = null;
  }
}

/** The ids of what this agent wrote and may still change or take back: it has not left. */
export function changeable(
  entries: readonly Entry[],
  seenShopper: number,
  me: string,
): ReadonlySet<string> {
  const out = new Set<number>();
  for (const { side, form, state, seqs } of deliveries(entries).values()) {
    if (side !== "shopper" || form !== "words" || NOWHERE.has(state)) continue;
    for (const seq of seqs) out.add(seq);
  }
  const mine = entries.filter(
    ({ author, kind, seq, taken_back }) =>
      author.side === "staff" &&
      author.id === me &&
      !taken_back &&
      (kind === "note" || (kind === "message" && seq > seenShopper && !out.has(seq))),
  );
  return new Set(mine.map(({ id }) => id));
}

/** The last message that our side wrote: the one that says Sent or Seen. */
export function lastOwn(entries: readonly Entry[]): Entry | null {
  const own = (entry: Entry) =>
    entry.kind === "message" && entry.author.side === "staff" && !entry.taken_back;
  return entries.findLast((entry) => own(entry) && !entry.automatic) ?? null;
}
