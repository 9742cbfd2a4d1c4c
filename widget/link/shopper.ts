/** All that a shopper's panel knows, as a pure fold of what it hears. */

import { cursor, type Log, lastSeq, takeEntry, takePage, takeSeen, takeSnapshot } from "./log";
import { acked, type Outbox, refused, shown } from "./outbox";
import type {
  AddressFact,
  Colleague,
  Cursor,
  Entry,
  Expected,
  Failed,
  Forms,
  Say,
  Sentence,
  ShopperHears,
  Welcome,
} from "./protocol.gen";

/** Somebody's typing is forgotten after so long without another frame. */
export const TYPING_MS = 6_000;

export interface ShopperView {
  readonly welcome: Welcome | null;
  readonly epoch: number;
  readonly log: Log | null;
  readonly outbox: Outbox<Say>;
  readonly staff: readonly Colleague[];
  /** When an answer may be expected. */
  readonly expected: Expected;
  readonly addresses: readonly AddressFact[];
  readonly sentences: readonly Sentence[];
  /** Where they like to be answered, best first; `chat` ends it. */
  readonly preference: Welcome["preference"];
  /** What the store's forms want; null for a store that has none. */
  readonly forms: Forms | null;
  readonly typing: { readonly name: string; readonly until: number } | null;
  /** The latest refusal of a frame that was not a message, until `forgive`. */
  readonly refusal: Failed | null;
  /** An `earlier` was sent and its page is not here yet. */
  readonly paging: boolean;
}

export interface Heard {
  readonly view: ShopperView;
  /** Something is missing: reconnect and resume from `resumeFrom(view)`. */
  readonly gap: boolean;
}

export const NOTHING_YET: ShopperView = {
  welcome: null,
  epoch: 0,
  log: null,
  outbox: [],
  staff: [],
  expected: { back_at: null, usual_ms: null },
  addresses: [],
  sentences: [],
  preference: [],
  forms: null,
  typing: null,
  refusal: null,
  paging: false,
};

/** `now` is in milliseconds, on the scale that `typing.until` is then read on. */
export function hear(view: ShopperView, frame: ShopperHears, now: number): Heard {
  switch (frame.t) {
    case "snapshot": {
      const { log, outcome } = takeSnapshot(view.log, frame);
      const outbox = shown(view.outbox, log);
      return { view: { ...view, log, outbox, paging: false }, gap: outcome === "gap" };
    }
    case "entry": {
      const { log, outcome } = takeEntry(view.log, frame, view.epoch);
      if (outcome !== "taken") return { view, gap: outcome === "gap" };
      const outbox = shown(view.outbox, log);
      const typing = frame.entry.author.side === "staff" ? null : view.typing;
      return { view: { ...view, log, outbox, typing }, gap: false };
    }
    default:
      return { view: quietly(view, frame, now), gap: false };
  }
}

function quietly(
  view: ShopperView,
  frame: Exclude<ShopperHears, { t: "snapshot" | "entry" }>,
  now: number,
): ShopperView {
  switch (frame.t) {
    case "welcome":
      return welcomed(view, frame);
    case "page": {
      const { log, outcome } = takePage(view.log, frame);
      return outcome === "taken" ? { ...view, log, paging: false } : view;
    }
    case "ack":
      return { ...view, outbox: shown(acked(view.outbox, frame), view.log) };
    case "error":
      if (frame.cmid) return { ...view, outbox: refused(view.outbox, frame) };
      return { ...view, refusal: frame, paging: frame.about === "earlier" ? false : view.paging };
    case "seen":
      return { ...view, log: takeSeen(view.log, frame) };
    case "typing":
      if (frame.side !== "staff") return view;
      return { ...view, typing: frame.on ? { name: frame.name, until: now + TYPING_MS } : null };
    case "staff":
      return { ...view, staff: frame.staff, expected: frame.expected };
    case "forms":
      return { ...view, forms: frame };
    case "addresses":
      return { ...view, addresses: frame.addresses, preference: frame.preference };
    default:
      // A newer gateway may say more than this client knows.
      return view;
  }
}

function welcomed(view: ShopperView, frame: Welcome): ShopperView {
  const stranger = view.welcome?.shopper_id !== frame.shopper_id;
  return {
    ...view,
    welcome: frame,
    epoch: frame.epoch,
    // Another person's session must not show this one's words.
    forms: stranger ? null : view.forms,
    log: stranger || frame.conversation_id === null ? null : view.log,
    staff: frame.staff,
    expected: frame.expected,
    addresses: frame.addresses,
    sentences: frame.sentences,
    preference: frame.preference,
    typing: null,
    paging: false,
  };
}

export function resumeFrom(view: ShopperView): Cursor | null {
  return cursor(view.log);
}

/** The refusal has been read, or what was refused is being tried again. */
export function forgive(view: ShopperView): ShopperView {
  return view.refusal ? { ...view, refusal: null } : view;
}

/** Messages of staff that this shopper has not seen. */
export function unread(view: ShopperView): number {
  return unseen(view).length;
}

/** The seq of the first message of the staff's that nobody has seen; 0 for none. */
export function firstUnread(view: ShopperView): number {
  return unseen(view)[0]?.seq ?? 0;
}

/** Everything held is newer than what was seen last: where reading stopped is further up. */
export function beginsUnread({ log }: ShopperView): boolean {
  const first = log?.entries[0];
  return !!log && !!first && !log.complete && log.seenShopper > 0 && first.prev > log.seenShopper;
}

/** The same of the last one. */
export function lastUnread(view: ShopperView): number {
  return unseen(view).at(-1)?.seq ?? 0;
}

function unseen(view: ShopperView): Entry[] {
  const seen = view.log?.seenShopper ?? 0;
  return (view.log?.entries ?? []).filter((entry) => fromStaff(entry) && entry.seq > seen);
}

/** What the `seen` frame may claim: everything held. */
export function newest(view: ShopperView): number {
  return lastSeq(view.log);
}

/** Agents who are connected and on duty. */
export function answering(view: ShopperView): Colleague[] {
  return view.staff.filter((agent) => agent.connected && agent.duty === "online");
}

/** Since when the shopper waits for an answer, in milliseconds since 1970; null when nobody waits. */
export function waitingSince(view: ShopperView): number | null {
  const messages = (view.log?.entries ?? []).filter((entry) => entry.kind === "message");
  const answered = messages.findLastIndex((entry) => entry.author.side === "staff");
  const first = messages.slice(answered + 1).find((entry) => entry.author.side === "shopper");
  return first?.at ?? view.outbox.find((letter) => letter.state !== "failed")?.at ?? null;
}

function fromStaff(entry: Entry): boolean {
  return entry.kind === "message" && entry.author.side === "staff" && !entry.taken_back;
}
