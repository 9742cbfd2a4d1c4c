/** Follows the caret: what is asked for, what there is, and what the keys do about it. */

import { useEffect, useState } from "preact/hooks";
import type { Facts } from "../canned/fill";
import { useRoom } from "../context";
import type { Thread } from "../thread/thread";
import type { EmojiFact } from "./emoji";
import { next } from "./menu";
import { cannedFor, colleaguesFor, emojiFor, type Suggestion } from "./sources";
import { type Trigger, trigger } from "./trigger";

export interface Suggesting {
  readonly asked: Trigger | null;
  readonly found: readonly Suggestion[];
  /** No canned reply is there at all. */
  readonly empty: boolean;
  readonly at: number;
  /** After each change of the words, or of where the caret is. */
  look(text: string, caret: number): void;
  /** True when the key was meant for the list. */
  press(event: KeyboardEvent, pick: (suggestion: Suggestion) => void): boolean;
  close(): void;
}

export function useSuggesting(thread: Thread | null, note: boolean): Suggesting {
  const { desk, canned } = useRoom();
  const [asked, setAsked] = useState<Trigger | null>(null);
  const [at, setAt] = useState(0);
  const [shut, setShut] = useState(-1);
  const [emoji, setEmoji] = useState<readonly EmojiFact[]>([]);
  const sign = asked?.sign;
  const storeId = thread?.storeId ?? "";
  useEffect(() => {
    if (sign === "/" && storeId) canned.want(storeId);
    let gone = false;
    if (sign === ":") {
      // Without the list there is nothing to choose, and the letters stay what they are.
      import("./emoji").then(
        ({ EMOJI }) => gone || setEmoji(EMOJI),
        () => undefined,
      );
    }
    return () => {
      gone = true;
    };
  }, [sign, storeId, canned]);

  const book = canned.books.value.get(storeId);
  const found = !asked
    ? []
    : asked.sign === "/"
      ? cannedFor(book, asked.query, factsOf(desk, thread))
      : asked.sign === "@"
        ? colleaguesFor(desk.colleagues.value, asked.query)
        : emojiFor(emoji, asked.query);
  const within = Math.min(at, Math.max(0, found.length - 1));
  return {
    asked: asked && (asked.sign !== "/" || book) ? asked : null,
    found,
    empty: book !== undefined && book.canned.length === 0,
    at: within,
    look(text, caret) {
      const now = trigger(text, caret, note);
      if (now?.from !== asked?.from || now?.query !== asked?.query) setAt(0);
      // What was shut stays so until something else is asked for.
      if (now && now.from === shut) return setAsked(null);
      if (shut >= 0) setShut(-1);
      setAsked(now);
    },
    press(event, pick) {
      if (!asked || found.length === 0) {
        if (event.key !== "Escape") return false;
        setAsked(null);
        // Only of canned replies is it said that there are none; else Escape is the field's.
        return asked?.sign === "/";
      }
      if (event.key === "Escape") {
        setShut(asked.from);
        setAsked(null);
        return true;
      }
      const chosen = found[within];
      if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && chosen) {
        pick(chosen);
        return true;
      }
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return false;
      setAt(next(event.key, within, found.length) ?? within);
      return true;
    },
    close: () => setAsked(null),
  };
}

export function factsOf(desk: ReturnType<typeof useRoom>["desk"], thread: Thread | null): Facts {
  return {
    shopper: thread?.shopper ?? null,
    agent: desk.me.name,
    store: desk.stores.value[thread?.storeId ?? ""] ?? "",
    number: thread?.log?.head?.number ?? null,
  };
}
