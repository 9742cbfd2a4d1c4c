/**
 * What somebody began to write, per conversation: an answer and a note, each with words of its own.
 *
 * This is the copy of this tab, which survives a reload of it and needs no gateway; `draft-sync`
 * keeps it and the gateway's alike.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { KeepDraft, Wish } from "../../../widget/link/protocol.gen";

export type Kind = KeepDraft["kind"];

/** What the composer shows: the answer, or the note. */
export interface Draft {
  readonly text: string;
  readonly note: boolean;
  /** How this one is to go, when not by the store's policy. */
  readonly wish?: Wish | null;
}

interface Begun {
  readonly answer: string;
  readonly note: string;
  /** The note is what is looked at. */
  readonly noting: boolean;
  readonly wish: Wish | null;
}

export interface Drafts {
  readonly all: ReadonlySignal<ReadonlyMap<string, Draft>>;
  get(conversationId: string): Draft;
  set(conversationId: string, draft: Draft): void;
  /** From the answer to the note, or back; the words go along while the other one has none. */
  turn(conversationId: string): void;
  /** Words that were given up come back, before what has been begun since. */
  giveBack(conversationId: string, draft: Draft): void;
  words(conversationId: string, kind: Kind): string;
  put(conversationId: string, kind: Kind, words: string): void;
  /** Told of each change of words, whoever made it. */
  listen(heard: (conversationId: string, kind: Kind) => void): void;
  /** On signing out: they are nobody's any more. */
  clear(): void;
}

const HOME = "onethread.drafts";
const NOTHING: Begun = { answer: "", note: "", noting: false, wish: null };

/** The part of `sessionStorage` that is used; it may be forbidden, and then memory is enough. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** `owner`: the agent whose they are; another one at the same desk does not find them. */
export function createDrafts(shelf: Shelf | null, owner: string): Drafts {
  const home = `${HOME}.${owner}`;
  const held = signal<ReadonlyMap<string, Begun>>(load(shelf, home));
  const listeners: ((conversationId: string, kind: Kind) => void)[] = [];
  const all = computed(() => new Map([...held.value].map(([id, each]) => [id, shown(each)])));
  const at = (id: string) => held.value.get(id) ?? NOTHING;

  function change(id: string, to: Partial<Begun>): void {
    const before = at(id);
    const now = { ...before, ...to };
    const next = new Map(held.value);
    if (now.answer || now.note || now.noting || now.wish) next.set(id, now);
    else next.delete(id);
    held.value = next;
    keep(shelf, home, next);
    for (const kind of ["answer", "note"] as const) {
      if (before[kind] !== now[kind]) for (const heard of listeners) heard(id, kind);
    }
  }

  return {
    all,
    get: (id) => shown(at(id)),
    set(id, { text, note, wish = null }) {
      change(id, note ? { note: text, noting: true } : { answer: text, noting: false, wish });
    },
    turn(id) {
      const { answer, note, noting } = at(id);
      const from = noting ? note : answer;
      const to = noting ? answer : note;
      const carried = to === "" ? { answer: note, note: answer } : {};
      change(id, { noting: !noting, ...(from === "" ? {} : carried) });
    },
    giveBack(id, { text, note, wish = null }) {
      const begun = note ? at(id).note : at(id).answer;
      const words = begun.trim() ? `${text}\n\n${begun}` : text;
      change(id, note ? { note: words, noting: true } : { answer: words, noting: false, wish });
    },
    words: (id, kind) => at(id)[kind],
    put: (id, kind, words) => change(id, { [kind]: words }),
    listen: (heard) => void listeners.push(heard),
    clear() {
      held.value = new Map();
      keep(shelf, home, held.value);
    },
  };
}

function shown({ answer, note, noting, wish }: Begun): Draft {
  return { text: noting ? note : answer, note: noting, wish: noting ? null : wish };
}

function load(shelf: Shelf | null, home: string): ReadonlyMap<string, Begun> {
  try {
    const kept: unknown = JSON.parse(shelf?.getItem(home) ?? "[]");
    return new Map(Array.isArray(kept) ? kept.filter(isBegun) : []);
  } catch {
    // Not ours, or storage is forbidden here: begin with nothing.
    return new Map();
  }
}

function isBegun(pair: unknown): pair is [string, Begun] {
  const [, begun] = Array.isArray(pair) ? pair : [];
  return typeof begun?.answer === "string" && typeof begun?.note === "string";
}

function keep(shelf: Shelf | null, home: string, drafts: ReadonlyMap<string, Begun>): void {
  try {
    if (drafts.size > 0) shelf?.setItem(home, JSON.stringify([...drafts]));
    else shelf?.removeItem(home);
  } catch {
    // Full or forbidden: the drafts live on in memory, which is all that is promised.
  }
}
