/** The words on screen, in the shopper's language, and how times and numbers are told in it. */

import { daysBetween } from "../link/days";
import type catalogue from "./words/en.json";
import type more from "./words/parts/en.json";

/** A text with a number in it, by the plural forms of its language (CLDR). */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
type Said<Texts> = { [Name in keyof Texts]: Texts[Name] extends string ? string : Plural };
/** What the panel says from the beginning. */
export type Words = Said<(typeof catalogue)["panel"]>;
/** What its parts say as well. */
export type PartWords = Words &
  Said<(typeof more)["parts"]> & { readonly refusals: Said<(typeof more)["refusals"]> };
export type Notices = Said<(typeof more)["notices"]>;

export interface Tongue<Known extends Words = Words> {
  readonly words: Known;
  readonly language: string;
  readonly dir: "ltr" | "rtl";
  /** Words with `{name}` filled in; `n` picks the plural. */
  say(text: string | Plural, values: Record<string, string | number>): string;
  /** "10:05" */
  time(at: number): string;
  /** "Today", "Yesterday", else a date; the year only when it is another. */
  day(at: number, now: number): string;
  /** The whole date and time, for who hovers. */
  full(at: number): string;
}

/**
 * The words of the panel, and a way to have those of its parts join them: these come with the first
 * part that speaks. The gateway tells where both are in the shopper's language (`Boot.words`).
 */
export async function wordsAt(
  addresses: readonly [panel: string, parts: string],
): Promise<[Words, () => Promise<Notices>]> {
  const [panel, parts] = addresses;
  const words: Words = { ...(await import(/* @vite-ignore */ panel)).panel };
  const join = async () => {
    const more = await import(/* @vite-ignore */ parts);
    Object.assign(words, more.parts, { refusals: more.refusals });
    return more.notices as Notices;
  };
  return [words, join];
}

export function tongue<Known extends Words>(
  language: string,
  words: Known,
  tag: string = language,
): Tongue<Known> {
  const dir = /^(ar|fa|he|ur)$/.test(language) ? "rtl" : "ltr";
  const plural = new Intl.PluralRules(language);
  const count = new Intl.NumberFormat(language);
  const format = (options: Intl.DateTimeFormatOptions) => {
    try {
      return new Intl.DateTimeFormat(tag, options);
    } catch {
      // A store may have been given a tag that is none.
      return new Intl.DateTimeFormat(language, options);
    }
  };
  const clock = format({ hour: "numeric", minute: "2-digit" });
  const date = format({ weekday: "long", day: "numeric", month: "long" });
  const dated = format({ day: "numeric", month: "long", year: "numeric" });
  const all = format({ dateStyle: "full", timeStyle: "short" });
  return {
    words,
    language,
    dir,
    say: (text, values) =>
      (typeof text === "string"
        ? text
        : (text[plural.select(Number(values["n"]))] ?? text.other)
      ).replace(/\{(\w+)\}/g, (_, name: string) => {
        const given = values[name] ?? "";
        const value = typeof given === "number" ? count.format(given) : given;
        // Isolated, or an Arabic name takes along what stands beside it, and in a line from right to
        // left a number's sign and spaces wander about; what has no letters is not turned around.
        const mark = /[\u0590-\u08ff]/.test(value) ? "\u2068" : dir === "rtl" ? "\u2066" : "";
        return mark ? `${mark}${value}\u2069` : value;
      }),
    time: (at) => clock.format(at),
    day: (at, now) => {
      const days = daysBetween(at, now);
      if (days === 0) return words.today;
      if (days === 1) return words.yesterday;
      const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
      return (sameYear ? date : dated).format(at);
    },
    full: (at) => all.format(at),
  };
}
