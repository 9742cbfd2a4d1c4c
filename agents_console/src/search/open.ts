/** The way to the search, from anywhere, and what an agent looked for last. */

import { type Signal, signal } from "@preact/signals";
import type { Desk } from "../desk/desk";

export const SEARCH_ID = "search-field";

/** What is typed, kept while the desk is there, so that going back shows the same hits. */
const typed = new WeakMap<object, Signal<string>>();

export function questionOf(desk: Pick<Desk, "place">): Signal<string> {
  const held = typed.get(desk.place) ?? signal("");
  typed.set(desk.place, held);
  return held;
}

/** Show the search; with a `query` it is looked for at once, without one the last stands there. */
export function openSearch(desk: Pick<Desk, "go" | "place">, query?: string): void {
  if (query !== undefined) questionOf(desk).value = query;
  if (!desk.place.value.search) desk.go({ view: desk.place.value.view, open: null, search: true });
  const field = document.getElementById(SEARCH_ID);
  if (field instanceof HTMLInputElement) {
    field.focus();
    field.select();
  }
}
