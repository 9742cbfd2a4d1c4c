/** Turns the log and the outbox into the lines on screen. */

import { daysBetween } from "../link/days";
import { type Log, whole } from "../link/log";
import type { Letter, Outbox } from "../link/outbox";
import type { Attachment, Entry, Say } from "../link/protocol.gen";
import type { Words } from "./words";

/** What carries a conversation on besides the chat. */
export type Carrier = Exclude<Entry["channel"], "chat">;

/** The words that tell of each. */
export const BY = {
  sms: "bySms",
  email: "byEmail",
  whatsapp: "byWhatsapp",
  push: "byNotice",
  app: "byApp",
} as const satisfies Record<Carrier, keyof Words>;

export interface Bubble {
  readonly key: string;
  readonly body: string;
  readonly files: readonly Attachment[];
  readonly at: number;
  /** It came while somebody could watch, so it may slide in. */
  readonly fresh: boolean;
  /** Set while the message is still in the outbox. */
  readonly letter: Letter<Say> | null;
  /** 0 while in the outbox. */
  readonly seq: number;
}

export interface Group {
  readonly kind: "group";
  readonly key: string;
  readonly own: boolean;
  readonly name: string;
  readonly face: string | null;
  readonly channel: Entry["channel"];
  readonly bubbles: readonly Bubble[];
}

export type Line =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | {
      readonly kind: "knot";
      readonly key: string;
      readonly at: number;
      readonly channel: Carrier;
    }
  | { readonly kind: "done"; readonly key: string; readonly at: number }
  | Group;

/** A pause longer than this starts a new group. */
const PAUSE_MS = 5 * 60_000;

/** `freshAfter`: entries with a greater seq are new since the conversation was first shown. */
export function timeline(log: Log | null, outbox: Outbox<Say>, freshAfter: number): Line[] {
  const lines: Line[] = [];
  let last = 0;
  const day = (at: number) => {
    if (last === 0 || daysBetween(last, at) > 0) lines.push({ kind: "day", key: `day${at}`, at });
    last = Math.max(last, at);
  };
  for (const entry of log ? whole(log) : []) {
    const line = lineOf(entry, freshAfter);
    if (!line) continue;
    day(entry.at);
    if (line.kind === "group") join(lines, line);
    else lines.push(line);
  }
  for (const letter of outbox) {
    day(Math.max(letter.at, last));
    join(lines, groupOf(letter));
  }
  return lines;
}

/** Whether the next line from the same hand may be hung to the group before. */
function join(lines: Line[], group: Group): void {
  const before = lines.at(-1);
  const at = group.bubbles[0]?.at ?? 0;
  const pause = before?.kind === "group" ? at - (before.bubbles.at(-1)?.at ?? 0) : Infinity;
  const same =
    before?.kind === "group" &&
    before.own === group.own &&
    before.name === group.name &&
    before.channel === group.channel;
  // What was refused stands alone, or it would hide that what was before it has been seen.
  const refused = group.bubbles[0]?.letter?.state === "failed";
  if (same && !refused && pause < PAUSE_MS) {
    lines[lines.length - 1] = { ...before, bubbles: [...before.bubbles, ...group.bubbles] };
  } else {
    lines.push(group);
  }
}

function lineOf(entry: Entry, freshAfter: number): Line | null {
  const { id: key, at } = entry;
  if (entry.taken_back) return null;
  if (entry.kind === "message") {
    const bubble: Bubble = {
      key: entry.cmid ?? key,
      body: entry.body ?? "",
      files: entry.attachments,
      at,
      fresh: entry.seq > freshAfter,
      letter: null,
      seq: entry.seq,
    };
    const { author, channel } = entry;
    const own = author.side === "shopper";
    const name = own ? "" : author.name;
    return {
      kind: "group",
      key: bubble.key,
      own,
      name,
      face: author.face,
      channel,
      bubbles: [bubble],
    };
  }
  if (entry.event === "carried") {
    const channel = entry.data.channel;
    return isCarrier(channel) ? { kind: "knot", key, at, channel } : null;
  }
  return entry.event === "resolved" ? { kind: "done", key, at } : null;
}

function groupOf(letter: Letter<Say>): Group {
  const { cmid: key, body } = letter.frame;
  const bubble = {
    key,
    body,
    files: letter.files ?? [],
    at: letter.at,
    fresh: true,
    letter,
    seq: 0,
  };
  return {
    kind: "group",
    key,
    own: true,
    name: "",
    face: null,
    channel: "chat",
    bubbles: [bubble],
  };
}

function isCarrier(channel: unknown): channel is Carrier {
  return (channel as string) in BY;
}
