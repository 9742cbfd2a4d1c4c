/** What the console says, out of one catalogue, with the numbers and names filled in. */

import en from "./words/en.json";

export type Key = keyof typeof en;
/** The stem of a pair `stem.one`, `stem.other`. */
export type Counted = Key extends infer K
  ? K extends `${infer Stem}.other`
    ? Stem
    : never
  : never;

export type Values = Readonly<Record<string, string | number>>;

/** The browser's own English when it has one: it decides how times and dates are written. */
export const locale = /^en\b/i.test(globalThis.navigator?.language ?? "")
  ? navigator.language
  : "en-GB";

export const plurals = new Intl.PluralRules(locale);

/** One sentence; `{name}` in it is replaced by `values.name`. */
export function say(key: Key, values: Values = {}): string {
  return filled(en[key], values);
}

/** A sentence of any catalogue, filled in. */
export function filled(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

/** One sentence about `n` of something. */
export function sayMany(stem: Counted, n: number, values: Values = {}): string {
  const exact = `${stem}.${plurals.select(n)}`;
  const key = (exact in en ? exact : `${stem}.other`) as Key;
  return say(key, { n: n.toLocaleString(locale), ...values });
}

/** A key made at run time from a word of the wire, or null when we have no sentence for it. */
export function known(key: string): Key | null {
  return key in en ? (key as Key) : null;
}
