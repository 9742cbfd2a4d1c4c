/**
 * Keeps this tab's drafts and the gateway's alike: calmly, and the last writer has the word.
 *
 * Nothing is said per key: only when a hand has rested, or has not rested for long. What cannot be
 * said now is said on the next connection, once it was heard what the gateway has by then.
 */

import { type Signal, signal } from "@preact/signals";
import type { Drafted } from "../../../widget/link/protocol.gen";
import type { Drafts, Kind } from "./drafts";

export const CALM_MS = 1_500;
/** Whoever never rests loses no more than this with their computer. */
export const LONGEST_MS = 6_000;

/** Another device had other words here than this tab. */
export interface Elsewhere {
  readonly kind: Kind;
  readonly words: string;
  /** This tab's stand in the field; else the other's do. */
  readonly kept: boolean;
}

export interface DraftSync {
  readonly elsewhere: Signal<ReadonlyMap<string, Elsewhere>>;
  hear(frame: Drafted): void;
  /** It may be said now, or the tab is being left: say what has not been said. */
  flush(): void;
  /** The connection is gone: another device may write what this tab does not hear of. */
  lost(): void;
  /** The words of the other device into the field, or back. */
  swap(conversationId: string): void;
  dismiss(conversationId: string): void;
  stop(): void;
}

/** `tell`: false when it cannot be said now. */
export function createDraftSync(
  drafts: Drafts,
  tell: (conversationId: string, kind: Kind, body: string) => boolean,
): DraftSync {
  const elsewhere = signal<ReadonlyMap<string, Elsewhere>>(new Map());
  /** What the gateway has, as far as we know. */
  const there = new Map<string, string>();
  /** Changed by this tab, and not said yet. What a reload brought back is nobody's change. */
  const unsaid = new Map<string, [id: string, kind: Kind]>();
  const waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; since: number }>();
  /** What the gateway has was heard on this connection; nothing else is written over. */
  const heard = new Set<string>();
  const key = (id: string, kind: Kind) => `${kind} ${id}`;

  function say(id: string, kind: Kind): void {
    const name = key(id, kind);
    clearTimeout(waiting.get(name)?.timer);
    waiting.delete(name);
    if (!heard.has(name)) return;
    const words = drafts.words(id, kind);
    if (words !== (there.get(name) ?? "") && !tell(id, kind, words)) return;
    there.set(name, words);
    unsaid.delete(name);
  }

  function later(id: string, kind: Kind): void {
    const name = key(id, kind);
    unsaid.set(name, [id, kind]);
    const before = waiting.get(name);
    clearTimeout(before?.timer);
    const since = before?.since ?? Date.now();
    const wait = Math.min(CALM_MS, Math.max(0, since + LONGEST_MS - Date.now()));
    waiting.set(name, { timer: setTimeout(() => say(id, kind), wait), since });
  }

  function note(id: string, found: Elsewhere | null): void {
    const next = new Map(elsewhere.value);
    if (found) next.set(id, found);
    else next.delete(id);
    elsewhere.value = next;
  }

  let quiet = false;
  /** What the gateway said need not be said to it. */
  function quietly(change: () => void): void {
    quiet = true;
    change();
    quiet = false;
  }

  drafts.listen((id, kind) => {
    if (!quiet) later(id, kind);
    // Sent, or wiped out: there is nothing left to choose between.
    if (drafts.words(id, kind) === "" && elsewhere.value.get(id)?.kind === kind) note(id, null);
  });

  return {
    elsewhere,
    hear({ conversation_id: id, kind, body, elsewhere: moved }) {
      const name = key(id, kind);
      const before = there.get(name);
      const mine = drafts.words(id, kind);
      there.set(name, body);
      heard.add(name);
      if (mine === body) return void unsaid.delete(name);
      if (unsaid.has(name)) {
        if (body !== "" && body !== before) note(id, { kind, words: body, kept: true });
        return later(id, kind);
      }
      // Brought back by a reload, and the gateway has none: it never heard of them.
      if (body === "" && before === undefined && !moved) return later(id, kind);
      quietly(() => drafts.put(id, kind, body));
      if (mine !== "" && body !== "") note(id, { kind, words: mine, kept: false });
    },
    flush() {
      for (const [id, kind] of [...unsaid.values()]) say(id, kind);
    },
    lost: () => heard.clear(),
    swap(id) {
      const found = elsewhere.value.get(id);
      if (!found) return;
      const mine = drafts.words(id, found.kind);
      drafts.put(id, found.kind, found.words);
      note(id, { ...found, words: mine, kept: !found.kept });
    },
    dismiss: (id) => note(id, null),
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
