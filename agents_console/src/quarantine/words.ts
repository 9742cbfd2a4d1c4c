/** What this screen says: a catalogue of its own, loaded with it. */

import { filled, type Values } from "../words";
import en from "../words/quarantine.en.json";

export type Key = keyof typeof en;

/** One sentence; `{name}` in it is replaced by `values.name`. */
export function say(key: Key, values: Values = {}): string {
  return filled(en[key], values);
}

/** Octets as people say them. */
export function size(octets: number): string {
  if (octets < 1_000) return say("size.bytes", { n: octets });
  if (octets < 1_000_000) return say("size.kb", { n: Math.round(octets / 1_000) });
  return say("size.mb", { n: Math.round(octets / 100_000) / 10 });
}

export function attempts(n: number): string {
  return say(n === 1 ? "attempts.one" : "attempts.other", { n });
}
