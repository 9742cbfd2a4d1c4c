/** Hours of the week: "Mon,Tue 09:00-18:00" as days and times, and in words. */

import { locale } from "../words";
import { say } from "./words";

/** As the gateway writes them. */
export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const NAMES: readonly string[] = DAYS;
export const EVERY_DAY: readonly number[] = [0, 1, 2, 3, 4, 5, 6];

/** `end` not after `start` is on the next day. */
export interface Hours {
  /** Those on which it begins, 0 for Monday, in order. */
  readonly days: readonly number[];
  readonly start: string;
  readonly end: string;
}

const SHAPE = /^(?:(\S+) )?(\d\d:\d\d)-(\d\d:\d\d)$/;

/** Null when it is nothing that the gateway writes. */
export function readHours(text: string): Hours | null {
  const found = SHAPE.exec(text);
  if (!found) return null;
  const [, named, start = "", end = ""] = found;
  const days = named === undefined ? EVERY_DAY : readDays(named);
  return { days, start, end };
}

/** As the gateway writes it, so that what is unchanged reads unchanged. */
export function writeHours({ days, start, end }: Hours): string {
  if (days.length === EVERY_DAY.length) return `${start}-${end}`;
  // No day at all is refused by name, and never taken for every day.
  const named = days.map((day) => DAYS[day]).join(",") || "-";
  return `${named} ${start}-${end}`;
}

/** "Mon to Fri, 09:00 to 18:00". */
export function inWords(text: string): string {
  const hours = readHours(text);
  if (!hours) return text;
  const times = say("hours.times", { start: hours.start, end: hours.end });
  return hours.days.length === EVERY_DAY.length
    ? times
    : say("hours.on", { days: daysInWords(hours.days), times });
}

/** Neighbours are told as a stretch: "Mon to Wed, Sat". */
export function daysInWords(days: readonly number[]): string {
  const runs: number[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs
    .flatMap((run) => {
      const [first, last] = [dayName(run[0] ?? 0), dayName(run.at(-1) ?? 0)];
      if (run.length === 1) return first;
      return run.length === 2 ? [first, last] : say("hours.stretch", { first, last });
    })
    .join(", ");
}

const wholeDate = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });

/** A day of the year, "25 Dec 2026". */
export function dayInWords(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? day : wholeDate.format(at);
}

const shortDay = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });

export function dayName(day: number): string {
  return shortDay.format(monday(day));
}

export function wholeDayName(day: number): string {
  return longDay.format(monday(day));
}

/** The fifth of January 1970 was a Monday. */
function monday(day: number): Date {
  return new Date(Date.UTC(1970, 0, 5 + day));
}

function readDays(named: string): number[] {
  const found = new Set<number>();
  for (const part of named.split(",")) {
    const [first = "", last] = part.split("-");
    const from = NAMES.indexOf(first);
    const to = NAMES.indexOf(last ?? first);
    if (from < 0 || to < 0) continue;
    for (let step = 0; step <= (to - from + 7) % 7; step += 1) found.add((from + step) % 7);
  }
  return [...found].sort((a, b) => a - b);
}
