/** What this screen says: a catalogue of its own, loaded with it. */

import { filled, locale, plurals, type Values } from "../words";
import en from "../words/search.en.json";

export type Key = keyof typeof en;

/** One sentence; `{name}` in it is replaced by `values.name`. */
export function say(key: Key, values: Values = {}): string {
  return filled(en[key], values);
}

export function found(n: number, more: boolean): string {
  if (more) return say("found.more", { n: n.toLocaleString(locale) });
  return say(plurals.select(n) === "one" ? "found.one" : "found.other", {
    n: n.toLocaleString(locale),
  });
}
