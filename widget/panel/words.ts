/** The words on screen, in the store's language, and how times are told in it. */

import { panel as en } from "./words/en.json";

export type Words = typeof en;

export interface Tongue {
  readonly words: Words;
  readonly language: string;
  readonly dir: "ltr" | "rtl";
  /** Words with `{name}` filled in. */
  say(text: string, values: Record<string, string | number>): string;
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
export async function wordsOf(language: string): Promise<["en" | "de" | "ar", Words]> {
  const short = language.toLowerCase().split(/[-_]/)[0];
  if (short === "de") return ["de", (await import("./words/de.json")).panel];
  if (short === "ar") return ["ar", (await import("./words/ar.json")).panel];
  return ["en", en];
}

export function tongue(language: string, words: Words, tag: string = language): Tongue {
  const dir = language === "ar" ? "rtl" : "ltr";
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
      text.replace(/\{(\w+)\}/g, (_, name: string) => {
        const value = String(values[name] ?? "");
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
