/** The words on screen, in the shopper's language, and how times and numbers are told in it. */

import type catalogue from "./words/en.json";

/** A text with a number in it, by the plural forms of its language (CLDR). */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
type Said<Texts> = { [Name in keyof Texts]: Texts[Name] extends string ? string : Plural };
export type Words = Said<(typeof catalogue)["panel"]>;
export type Notices = Said<(typeof catalogue)["notices"]>;

/** One file a language; only the shopper's is fetched. */
const CATALOGUES = {
  ar: () => import("./words/ar.json"),
  de: () => import("./words/de.json"),
  en: () => import("./words/en.json"),
  es: () => import("./words/es.json"),
  fr: () => import("./words/fr.json"),
  it: () => import("./words/it.json"),
  ja: () => import("./words/ja.json"),
  pt: () => import("./words/pt.json"),
};
export type Language = keyof typeof CATALOGUES;
export const LANGUAGES = Object.keys(CATALOGUES) as Language[];

export interface Tongue {
  readonly words: Words;
  readonly language: string;
  readonly dir: "ltr" | "rtl";
  /** Words with `{name}` filled in; `n` picks the plural. */
  say(text: string | Plural, values: Record<string, string | number>): string;
  /** "10:05" */
  time(at: number): string;
  /** "Today", "Yesterday", else a date; the year only when it is another. */
  day(at: number, now: number): string;
  /** "340 kB" */
  size(bytes: number): string;
  /** The whole date and time, for who hovers. */
  full(at: number): string;
}

/** The catalogue of a language tag, English when there is none. */
export async function wordsOf(tag: string): Promise<[Language, Words, Notices]> {
  const short = tag.toLowerCase().split(/[-_]/)[0];
  const language = LANGUAGES.find((one) => one === short) ?? "en";
  const { panel, notices } = await CATALOGUES[language]();
  return [language, panel, notices];
}

export function tongue(language: string, words: Words, tag: string = language): Tongue {
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
        // Isolated, or a number's sign and spaces wander about in a line from right to left.
        return dir === "rtl" ? `\u2068${value}\u2069` : value;
      }),
    time: (at) => clock.format(at),
    size(bytes) {
      const large = bytes >= 1_000_000;
      const value = bytes / (large ? 1_000_000 : 1_000);
      return new Intl.NumberFormat(language, {
        style: "unit",
        unit: large ? "megabyte" : "kilobyte",
        maximumFractionDigits: value < 10 ? 1 : 0,
      }).format(value);
    },
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

/** Midnights between two instants, here. */
export function daysBetween(earlier: number, later: number): number {
  const noon = (at: number) => new Date(at).setHours(12, 0, 0, 0);
  return Math.round((noon(later) - noon(earlier)) / 86_400_000);
}
