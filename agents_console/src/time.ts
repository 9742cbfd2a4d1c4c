/** Times as people say them. Instants are milliseconds since 1970. */

import { signal } from "@preact/signals";
import { daysBetween } from "../../widget/link/days";
import { locale, say } from "./words";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Less is as likely the way that the news took. */
const DIFFERENT = 2 * SECOND;
let ahead = 0;

/** The present by the gateway's clock, as far as we know it: what it plans is told by that clock. */
export function present(): number {
  return Date.now() + ahead;
}

/** The gateway's clock stood at `at`, or later; `exactly`: it has only just stood there. */
export function heardOf(at: number, exactly = false): void {
  const seen = at - Date.now();
  if (!exactly && seen <= ahead) return;
  ahead = Math.abs(seen) < DIFFERENT ? 0 : seen;
}

/** The present, moved on every few seconds; what reads it is drawn again by itself. */
export const now = signal(Date.now());
/** The same, moved on each second: for what counts down. */
export const second = signal(Date.now());

/** Moves both on, and at once when the page is looked at again; returns how to stop. */
export function startClock(everyMs = 5 * SECOND): () => void {
  const tick = () => {
    if (document.hidden) return;
    second.value = present();
    if (Math.abs(second.value - now.value) >= everyMs) now.value = second.value;
  };
  const timer = setInterval(tick, SECOND);
  document.addEventListener("visibilitychange", tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
  };
}

function unit(n: number, name: "second" | "minute" | "hour" | "day"): string {
  return say(`time.${name}`, { n });
}

/** A stretch of time in its largest unit: "40 s", "9 min", "3 h". */
export function stretch(ms: number): string {
  const past = Math.max(0, ms);
  if (past < MINUTE) return unit(Math.max(1, Math.floor(past / SECOND)), "second");
  if (past < HOUR) return unit(Math.floor(past / MINUTE), "minute");
  if (past < DAY) return unit(Math.floor(past / HOUR), "hour");
  return unit(Math.floor(past / DAY), "day");
}

/** How long until then, in words: to the second up to two minutes, then rounded up. */
export function wait(ms: number): string {
  if (ms < 2 * MINUTE) return unit(Math.max(1, Math.ceil(ms / SECOND)), "second");
  return ms < HOUR ? unit(Math.ceil(ms / MINUTE), "minute") : stretch(ms);
}

/** "3 min ago" up to a day, then a date. */
export function ago(at: number, present: number): string {
  if (present - at < 10 * SECOND) return say("time.now");
  return present - at < DAY ? say("time.ago", { time: stretch(present - at) }) : date(at, present);
}

/** The short stamp of a list: "3 min" up to a day, then a date. */
export function stamp(at: number, present: number): string {
  if (present - at < MINUTE) return say("time.now");
  return present - at < DAY ? stretch(present - at) : date(at, present);
}

export function date(at: number, present: number): string {
  const other = new Date(at).getFullYear() !== new Date(present).getFullYear();
  return (other ? dateFormat : dateOfThisYearFormat).format(at);
}

const DATE = { day: "numeric", month: "short" } as const;
const dateOfThisYearFormat = new Intl.DateTimeFormat(locale, DATE);
const dateFormat = new Intl.DateTimeFormat(locale, { ...DATE, year: "numeric" });

const clockFormat = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const fullFormat = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });
const dayFormat = new Intl.DateTimeFormat(locale, {
  weekday: "long",
  day: "numeric",
  month: "long",
});

export function clock(at: number): string {
  return clockFormat.format(at);
}

/** An instant to come, as people name it: "18:00", "tomorrow 09:00", "14 May, 09:00". */
export function moment(at: number, present: number): string {
  const time = clock(at);
  const days = daysBetween(present, at);
  if (days === 0) return time;
  if (days === 1) return say("time.tomorrow", { time });
  return say("time.on", { date: date(at, present), time });
}

/** What hovering over a time shows. */
export function full(at: number): string {
  return fullFormat.format(at);
}

/** The local calendar day, comparable. */
export function day(at: number): string {
  const when = new Date(at);
  return `${when.getFullYear()}-${when.getMonth() + 1}-${when.getDate()}`;
}

const longDayFormat = new Intl.DateTimeFormat(locale, { dateStyle: "long" });

/** "3 March 2026" */
export function longDay(at: number): string {
  return longDayFormat.format(at);
}

/** The local day of an instant as a date field holds it. */
export function fieldDay(at: number): string {
  const when = new Date(at);
  const [month, date] = [when.getMonth() + 1, when.getDate()].map((n) => `${n}`.padStart(2, "0"));
  return `${`${when.getFullYear()}`.padStart(4, "0")}-${month}-${date}`;
}

/** When the day of a date field begins here; null when the field holds none. */
export function dayOf(value: string): number | null {
  const [year, month, date] = value.split("-").map(Number);
  if (!year || !month || !date) return null;
  const begins = new Date(year, month - 1, date);
  // Two digits would be taken for a year of the last century.
  begins.setFullYear(year);
  const at = begins.getTime();
  return Number.isNaN(at) ? null : at;
}

export function dayName(at: number, present: number): string {
  const days = daysBetween(at, present);
  if (days === 0) return say("time.today");
  if (days === 1) return say("time.yesterday");
  const old = new Date(at).getFullYear() !== new Date(present).getFullYear();
  return old ? longDay(at) : dayFormat.format(at);
}
