/** A store's canned replies and one's own: fetched when somebody first asks for one. */

import { type Signal, signal } from "@preact/signals";
import type { Ask } from "../api";

export interface CannedFact {
  readonly canned_id: string;
  /** Nobody else's; else the store's. */
  readonly own: boolean;
  readonly shortcut: string;
  readonly name: string;
  /** By language. */
  readonly bodies: Readonly<Record<string, string>>;
  /** Sending it ends the conversation. */
  readonly resolves: boolean;
  readonly version: number;
  readonly changed_at: number;
}

export interface CannedBook {
  readonly store: string;
  readonly language: string;
  readonly languages: readonly string[];
  /** The store's, that is; one's own one always may. */
  readonly may_change: boolean;
  readonly canned: readonly CannedFact[];
}

export type CannedWords = Pick<CannedFact, "shortcut" | "name" | "bodies" | "own" | "resolves">;

export interface CannedShelf {
  /** By store; what is not here yet was not asked for, or could not be had. */
  readonly books: Signal<ReadonlyMap<string, CannedBook>>;
  /** Looks anew when the last look was a while ago. */
  want(storeId: string): void;
  look(storeId: string): Promise<CannedBook>;
  add(storeId: string, words: CannedWords): Promise<CannedBook>;
  change(storeId: string, fact: CannedFact, words: CannedWords): Promise<CannedBook>;
  remove(storeId: string, fact: CannedFact): Promise<CannedBook>;
}

const FRESH_MS = 60_000;

export function createCannedShelf(ask: Ask): CannedShelf {
  const books = signal<ReadonlyMap<string, CannedBook>>(new Map());
  const asked = new Map<string, number>();
  const at = (storeId: string, id?: string) =>
    `/api/stores/${encodeURIComponent(storeId)}/canned${id ? `/${encodeURIComponent(id)}` : ""}`;

  async function take(storeId: string, answer: Promise<CannedBook>): Promise<CannedBook> {
    const book = await answer;
    books.value = new Map(books.value).set(storeId, book);
    return book;
  }
  const look = (storeId: string) => {
    asked.set(storeId, Date.now());
    return take(storeId, ask<CannedBook>("GET", at(storeId)));
  };

  return {
    books,
    look,
    want(storeId) {
      if (Date.now() - (asked.get(storeId) ?? Number.NEGATIVE_INFINITY) < FRESH_MS) return;
      look(storeId).catch(() => {
        // It is asked for again with the next letter; until then there are those of before.
        asked.delete(storeId);
      });
    },
    add: (storeId, words) => take(storeId, ask("POST", at(storeId), words)),
    change: (storeId, { canned_id, version }, words) =>
      take(storeId, ask("PUT", at(storeId, canned_id), { ...words, version })),
    remove: (storeId, { canned_id }) => take(storeId, ask("DELETE", at(storeId, canned_id))),
  };
}

/** Those that fit what was typed: by shortcut first, then by a word of the name. */
export function fitting(canned: readonly CannedFact[], query: string): readonly CannedFact[] {
  const begins = (text: string) => text.toLowerCase().startsWith(query);
  const rank = ({ shortcut, name }: CannedFact) =>
    begins(shortcut) ? 0 : name.toLowerCase().split(/\s+/).some(begins) ? 1 : 2;
  return canned
    .map((fact) => ({ fact, rank: rank(fact) }))
    .filter((each) => each.rank < 2)
    .sort((one, other) => one.rank - other.rank)
    .map(({ fact }) => fact);
}
