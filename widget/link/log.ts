/**
 * One conversation's log as a client holds it: a pure fold of snapshots, pages and entries.
 *
 * The log held is always gap-free towards the present: each entry's `prev` is the seq held before
 * it. What does not fit is reported as a gap and not taken; the caller resumes from the cursor.
 */

import type { Cursor, Entry, Head, NewEntry, Page, Seen, Snapshot } from "./protocol.gen";

export interface Log {
  readonly conversationId: string;
  readonly epoch: number;
  /** Null until the first snapshot: a conversation may begin with a bare entry. */
  readonly head: Head | null;
  readonly state: "open" | "resolved";
  readonly seenShopper: number;
  readonly seenStaff: number;
  /** Oldest first. */
  readonly entries: readonly Entry[];
  /** Nothing earlier than the first entry exists. */
  readonly complete: boolean;
  /** The logs of conversations that went on in this one, by the ids that entries `merged` name. */
  readonly before?: Readonly<Record<string, readonly Entry[]>>;
}

export interface Taken {
  readonly log: Log | null;
  /** `gap`: nothing was taken, resume from `cursor(log)`; `known`: it was held already. */
  readonly outcome: "taken" | "known" | "gap";
}

/** The seq of the last entry held, 0 when there is none. */
export function lastSeq(log: Log | null): number {
  return log?.entries.at(-1)?.seq ?? 0;
}

/** Where to resume, or null when there is nothing to resume from. */
export function cursor(log: Log | null): Cursor | null {
  const last = log?.entries.at(-1);
  return log && last ? { epoch: log.epoch, seq: last.seq, entry_id: last.id } : null;
}

/** A recovered snapshot is appended, any other replaces all. */
export function takeSnapshot(log: Log | null, frame: Snapshot): Taken {
  const { conversation: head } = frame;
  const fresh: Log = {
    conversationId: head.conversation_id,
    epoch: frame.epoch,
    head,
    state: head.state,
    seenShopper: head.seen_shopper,
    seenStaff: head.seen_staff,
    entries: frame.entries,
    complete: frame.complete,
  };
  if (!frame.recovered) return { log: fresh, outcome: "taken" };
  // What we held was given up or belongs to another conversation: it must come whole.
  if (!log || log.conversationId !== head.conversation_id) return { log: null, outcome: "gap" };
  const entries = append(log.entries, frame.entries);
  if (!entries) return { log: null, outcome: "gap" };
  return { log: { ...log, ...fresh, entries, complete: log.complete }, outcome: "taken" };
}

/** Earlier entries, put before what is held. */
export function takePage(log: Log | null, frame: Page): Taken {
  if (!log) return { log, outcome: "known" };
  const { conversation_id: id } = frame;
  if (log.conversationId !== id) {
    return { log: { ...log, before: { ...log.before, [id]: frame.entries } }, outcome: "taken" };
  }
  const first = log.entries[0];
  const earlier = first ? frame.entries.filter((entry) => entry.seq < first.seq) : frame.entries;
  const entries = [...earlier, ...log.entries];
  return { log: { ...log, entries, complete: frame.complete }, outcome: "taken" };
}

/** The conversation that went on in this one from here, if the entry tells of any. */
export function mergedFrom(entry: Entry): string | undefined {
  return entry.event === "merged" ? (entry.data.conversation_id as string) : undefined;
}

/** What is to be read: where another went on, what people had said in that one stands. */
export function whole(log: Log, entries = log.entries): readonly Entry[] {
  return entries.flatMap((entry) => {
    const said = log.before?.[mergedFrom(entry) ?? ""];
    return said
      ? whole(
          log,
          said.filter((each) => each.kind === "message" || mergedFrom(each)),
        )
      : entry;
  });
}

/** The log grew. Under another conversation's id, a first entry begins that log anew. */
export function takeEntry(log: Log | null, frame: NewEntry, epoch: number): Taken {
  const { entry } = frame;
  if (!log || log.conversationId !== frame.conversation_id) {
    if (entry.prev !== 0) return { log, outcome: "gap" };
    return { log: grown(begun(frame.conversation_id, epoch), [entry]), outcome: "taken" };
  }
  if (entry.seq <= lastSeq(log)) return { log, outcome: "known" };
  const entries = append(log.entries, [entry]);
  if (!entries) return { log, outcome: "gap" };
  return { log: grown({ ...log, entries: [] }, entries), outcome: "taken" };
}

/** A side's mark only ever moves on. */
export function takeSeen(log: Log | null, frame: Seen): Log | null {
  if (!log || log.conversationId !== frame.conversation_id) return log;
  return frame.side === "shopper"
    ? { ...log, seenShopper: Math.max(log.seenShopper, frame.seq) }
    : { ...log, seenStaff: Math.max(log.seenStaff, frame.seq) };
}

function begun(conversationId: string, epoch: number): Log {
  return {
    conversationId,
    epoch,
    head: null,
    state: "open",
    seenShopper: 0,
    seenStaff: 0,
    entries: [],
    complete: true,
  };
}

function grown(log: Log, entries: readonly Entry[]): Log {
  const event = entries.at(-1)?.event;
  const state = event === "resolved" ? "resolved" : event === "reopened" ? "open" : log.state;
  return { ...log, entries, state };
}

/** Both as one chain, without repeats; null when a link is missing. */
function append(held: readonly Entry[], more: readonly Entry[]): readonly Entry[] | null {
  let last = held.at(-1)?.seq ?? 0;
  const entries = [...held];
  for (const entry of more) {
    if (entry.seq <= last) continue;
    if (entry.prev !== last) return null;
    entries.push(entry);
    last = entry.seq;
    amend(entries, entry);
  }
  return entries;
}

/** What was changed or taken back is held as it is now; a page that comes later is so already. */
function amend(entries: Entry[], told: Entry): void {
  const gone = told.event === "taken_back";
  // Without a body it was changed once more, and the last word is still to come.
  if (!gone && (told.event !== "edited" || told.body === null)) return;
  const at = entries.findIndex((entry) => entry.seq === told.data.seq);
  const held = entries[at];
  if (held) entries[at] = { ...held, body: told.body, edited: !gone, taken_back: gone };
}
