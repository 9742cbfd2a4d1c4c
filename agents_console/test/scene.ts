/** Vera and Ada, for the tests: rows and entries with only what matters spelled out. */

import type { Entry, InboxRow } from "../../widget/link/protocol.gen";

export const NOON = Date.UTC(2026, 4, 12, 12);
export const MINUTE = 60_000;

export function row(over: Partial<InboxRow> & { conversation_id: string }): InboxRow {
  const full: InboxRow = {
    store_id: "acme",
    number: 1,
    shopper: "Vera Larsen",
    verified: false,
    state: "open",
    preview: "Is the blue one back?",
    last_at: NOON,
    waiting_since: null,
    unread: 0,
    channel: "chat",
    presence: "gone",
    assignee_id: null,
    unreachable: false,
    place: "",
    snoozed_until: null,
    woken: false,
    labels: [],
    mentions: [],
    rating: null,
    blocked: false,
    ...over,
  };
  return { ...full, place: over.place ?? placeOf(full) };
}

/** As the gateway orders them: who waits, then what is answered, snoozed, resolved. */
function placeOf(row: InboxRow): string {
  const latest = 10_000_000_000_000;
  const [lane, at] = row.blocked
    ? [4, 0]
    : row.state === "resolved"
      ? [3, latest - row.last_at]
      : row.snoozed_until !== null
        ? [2, row.snoozed_until]
        : row.waiting_since !== null
          ? [0, row.waiting_since]
          : [1, latest - row.last_at];
  return `${lane}${String(at).padStart(13, "0")}${row.conversation_id}`;
}

const VERA: Entry["author"] = { side: "shopper", id: "vera", name: "Vera", face: null };
const ADA: Entry["author"] = { side: "staff", id: "ada", name: "Ada", face: null };
const SYSTEM: Entry["author"] = { side: "system", id: "", name: "", face: null };

/** A log in the making: each entry follows the one before it, a minute later. */
export class Pen {
  readonly entries: Entry[] = [];
  #seq = 0;

  add(over: Partial<Entry>): Entry {
    const prev = this.#seq;
    this.#seq += 1;
    const entry: Entry = {
      id: `e${this.#seq}`,
      seq: this.#seq,
      prev,
      at: NOON + this.#seq * MINUTE,
      kind: "message",
      author: VERA,
      channel: "chat",
      body: null,
      event: null,
      data: {},
      cmid: null,
      original: false,
      automatic: false,
      attachments: [],
      edited: false,
      taken_back: false,
      ...over,
    };
    this.entries.push(entry);
    return entry;
  }

  vera(body: string, over: Partial<Entry> = {}): Entry {
    return this.add({ body, ...over });
  }

  ada(body: string, over: Partial<Entry> = {}): Entry {
    return this.add({ body, author: ADA, ...over });
  }

  event(event: string, data: Entry["data"] = {}, over: Partial<Entry> = {}): Entry {
    return this.add({ kind: "event", event, data, author: SYSTEM, ...over });
  }

  delivery(id: string, state: string, over: Record<string, unknown> = {}): Entry {
    const data = {
      delivery_id: id,
      side: "shopper",
      channel: "sms",
      form: "words",
      state,
      seqs: [1],
      to: "+47 911 22 333",
      person: "Vera",
      decision_id: "d1",
      words: null,
      ...over,
    };
    return this.event("delivery", data);
  }
}
