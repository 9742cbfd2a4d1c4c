/** What this screen says: a catalogue of its own, loaded with it. */

import { filled, type Values } from "../words";
import en from "../words/mail.en.json";

export type Key = keyof typeof en;

/** One sentence; `{name}` in it is replaced by `values.name`. */
export function say(key: Key, values: Values = {}): string {
  return filled(en[key], values);
}

/** Our word for one of the gateway's, or that word itself. */
export function word(kind: "part" | "about", name: string): string {
  const key = `${kind}.${name}`;
  return key in en ? say(key as Key) : name;
}
