/** The search's HTTP. Instants are milliseconds. */

import type { InboxRow } from "../../../widget/link/protocol.gen";
import type { Ask } from "../api";

export type What = "message" | "note" | "file" | "name" | "address" | "subject" | "trait";

/** One place that answers; `marks` are pairs of offsets into `text`. */
export interface Hit {
  readonly what: What;
  /** A trait's name, an address's channel. */
  readonly name: string;
  readonly text: string;
  readonly marks: readonly (readonly [number, number])[];
  /** Null for what is no entry. */
  readonly seq: number | null;
  readonly at: number | null;
  readonly author: string;
  readonly side: string;
  readonly channel: string;
}

export interface Found {
  readonly store_id: string;
  readonly conversation_id: string;
  readonly number: number;
  readonly shopper: string;
  readonly subject: string;
  readonly preview: string;
  readonly state: "open" | "resolved";
  readonly snoozed: boolean;
  readonly assignee_id: string | null;
  readonly channel: InboxRow["channel"];
  readonly last_at: number;
  readonly hits: readonly Hit[];
}

export interface Page {
  readonly conversations: readonly Found[];
  readonly before: string | null;
}

/** In a body, for addresses end up in other people's logs. */
export function look(ask: Ask, query: string, best: boolean, before: string | null): Promise<Page> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return ask<Page>("POST", "/api/search", { query, best, before, zone });
}

/** A later page may bring more of a conversation that is there already. */
export function joined(found: readonly Found[], more: readonly Found[]): readonly Found[] {
  const all = new Map(found.map((each) => [each.conversation_id, each]));
  for (const each of more) {
    const held = all.get(each.conversation_id);
    all.set(each.conversation_id, held ? { ...held, hits: [...held.hits, ...each.hits] } : each);
  }
  return [...all.values()];
}
