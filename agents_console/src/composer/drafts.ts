/** What somebody began to write, per conversation; it survives a reload of the tab, not its end. */

import { type Signal, signal } from "@preact/signals";
import type { Wish } from "../../../widget/link/protocol.gen";

export interface Draft {
  readonly text: string;
  readonly note: boolean;
  /** How this one is to go, when not by the store's policy. */
  readonly wish?: Wish | null;
}

export interface Drafts {
  readonly all: Signal<ReadonlyMap<string, Draft>>;
  get(conversationId: string): Draft;
  set(conversationId: string, draft: Draft): void;
  /** Words that were given up come back, before what has been begun since. */
  giveBack(conversationId: string, draft: Draft): void;
  /** On signing out: they are nobody's any more. */
  clear(): void;
}

const HOME = "onethread.drafts";
const NONE: Draft = { text: "", note: false };

/** The part of `sessionStorage` that is used; it may be forbidden, and then memory is enough. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** `owner`: the agent whose they are; another one at the same desk does not find them. */
export function createDrafts(shelf: Shelf | null, owner: string): Drafts {
  const home = `${HOME}.${owner}`;
  const all = signal<ReadonlyMap<string, Draft>>(load(shelf, home));
  const get = (conversationId: string) => all.value.get(conversationId) ?? NONE;
  const set = (conversationId: string, draft: Draft) => {
    const next = new Map(all.value);
    if (draft.text || draft.note || draft.wish) next.set(conversationId, draft);
    else next.delete(conversationId);
    all.value = next;
    keep(shelf, home, next);
  };
  return {
    all,
    get,
    set,
    giveBack(conversationId, { text, note, wish = null }) {
      const begun = get(conversationId).text;
      set(conversationId, { text: begun.trim() ? `${text}\n\n${begun}` : text, note, wish });
    },
    clear() {
      all.value = new Map();
      keep(shelf, home, all.value);
    },
  };
}

function load(shelf: Shelf | null, home: string): ReadonlyMap<string, Draft> {
  try {
    const held: unknown = JSON.parse(shelf?.getItem(home) ?? "[]");
    return new Map(Array.isArray(held) ? held : []);
  } catch {
    // Not ours, or storage is forbidden here: begin with nothing.
    return new Map();
  }
}

function keep(shelf: Shelf | null, home: string, drafts: ReadonlyMap<string, Draft>): void {
  try {
    if (drafts.size > 0) shelf?.setItem(home, JSON.stringify([...drafts]));
    else shelf?.removeItem(home);
  } catch {
    // Full or forbidden: the drafts live on in memory, which is all that is promised.
  }
}
