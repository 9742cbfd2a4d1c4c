/** What this screen says: a catalogue of its own, loaded with it. */

import { filled, type Values } from "../words";
import en from "../words/quarantine.en.json";

export type Key = keyof typeof en;

/** One sentence; `{name}` in it is replaced by `values.name`. */
export function say(key: Key, values: Values = {}): string {
  return filled(en[key], values);
}

export function attempts(n: number): string {
  return say(n === 1 ? "attempts.one" : "attempts.other", { n });
}
