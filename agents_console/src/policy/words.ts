/** What this screen says: a catalogue of its own, loaded with it. */

import { filled, locale, plurals, type Values } from "../words";
import en from "../words/policy.en.json";

export type Key = keyof typeof en;
type Counted = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;

/** One sentence; `{name}` in it is replaced by `values.name`. */
export function say(key: Key, values: Values = {}): string {
  return filled(en[key], values);
}

/** One sentence about `n` of something. */
export function sayMany(stem: Counted, n: number, values: Values = {}): string {
  const exact = `${stem}.${plurals.select(n)}`;
  const key = (exact in en ? exact : `${stem}.other`) as Key;
  return say(key, { n: n.toLocaleString(locale), ...values });
}

/** Our word for one of the document's, or that word itself, told apart. */
export function word(kind: "channel" | "address" | "where" | "what" | "choice", name: string) {
  const key = `${kind}.${name}`;
  return key in en ? say(key as Key) : plain(name);
}

/** What a field is called. One that is newer than this page is called by its own name. */
export function label(field: string): string {
  const key = `field.${field}`;
  return key in en ? say(key as Key) : capital(plain(field));
}

/** What a field is called where it stands alone, among other changes. */
export function told(field: string): string {
  const key = `told.${field}`;
  return key in en ? say(key as Key) : label(field);
}

/** What a list stands for while nothing is in it; "" for one that is newer than this page. */
export function emptyIs(field: string): string {
  const key = `none.${field}`;
  return key in en ? say(key as Key) : "";
}

/** "sms, e-mail or push". */
export function either(list: readonly string[]): string {
  const last = list.at(-1) ?? "";
  return list.length < 2 ? last : say("or", { list: list.slice(0, -1).join(", "), last });
}

/** The gateway's sentence of a field as a sentence. */
export function sentence(words: string | undefined): string {
  return words ? `${capital(words)}.` : "";
}

export function capital(words: string): string {
  return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
}

function plain(name: string): string {
  return name.replaceAll("_", " ");
}
