/** The search at work: what was typed, what was found, and what is still on its way. */

import { effect, type Signal, signal } from "@preact/signals";
import type { Ask } from "../api";
import { plain } from "../mail/room";
import { recent, remember } from "./recent";
import { type Found, joined, look } from "./requests";

/** So long nothing more was typed before it is looked for. */
export const PAUSE_MS = 180;
/** So long somebody looks at what was found before it counts as looked for. */
const LOOKED_AT_MS = 1_500;

export interface SearchRoom {
  readonly question: Signal<string>;
  readonly best: Signal<boolean>;
  /** Null before anything was looked for. */
  readonly found: Signal<readonly Found[] | null>;
  readonly before: Signal<string | null>;
  readonly busy: Signal<boolean>;
  readonly notice: Signal<string>;
  readonly recent: Signal<readonly string[]>;
  /** Do not wait for the pause. */
  now(): void;
  more(): Promise<void>;
  /** Something of what was found was opened. */
  used(): void;
  stop(): void;
}

export function createRoom(ask: Ask, agentId: string, question: Signal<string>): SearchRoom {
  const best = signal(false);
  const found = signal<readonly Found[] | null>(null);
  const before = signal<string | null>(null);
  const busy = signal(question.value.trim() !== "");
  const notice = signal("");
  const lately = signal(recent(agentId));
  let asking = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let noted: ReturnType<typeof setTimeout> | undefined;

  function note(): void {
    remember(agentId, question.value);
    lately.value = recent(agentId);
  }

  /** Only the answer to the latest question counts. */
  async function fetch(from: string | null): Promise<void> {
    const mine = ++asking;
    const query = question.value;
    busy.value = true;
    try {
      const page = await look(ask, query, best.value, from);
      if (mine !== asking) return;
      found.value = joined(from === null ? [] : (found.value ?? []), page.conversations);
      before.value = page.before;
      notice.value = "";
      clearTimeout(noted);
      if (found.value.length > 0) noted = setTimeout(note, LOOKED_AT_MS);
    } catch (error) {
      if (mine === asking) notice.value = plain(error);
    } finally {
      if (mine === asking) busy.value = false;
    }
  }

  function begin(): void {
    clearTimeout(timer);
    clearTimeout(noted);
    if (question.value.trim()) {
      void fetch(null);
      return;
    }
    asking += 1;
    busy.value = false;
    found.value = before.value = null;
    notice.value = "";
  }

  let first = true;
  const stop = effect(() => {
    // Read here, so that a change of either asks anew.
    const wait = question.value.trim() && !first ? PAUSE_MS : 0;
    void best.value;
    clearTimeout(timer);
    timer = setTimeout(begin, wait);
    first = false;
  });

  return {
    question,
    best,
    found,
    before,
    busy,
    notice,
    recent: lately,
    now: begin,
    more: () => (before.value === null || busy.value ? Promise.resolve() : fetch(before.value)),
    used: note,
    stop() {
      asking += 1;
      clearTimeout(timer);
      clearTimeout(noted);
      stop();
    },
  };
}
