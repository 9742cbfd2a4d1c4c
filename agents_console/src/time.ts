/** Times as people say them. Instants are milliseconds since 1970. */

import { signal } from "@preact/signals";
import { locale, say } from "./words";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The present, moved on every few seconds; what reads it is drawn again by itself. */
export const now = signal(Date.now());

/** Moves `now` on, and at once when the page is looked at again; returns how to stop. */
export function startClock(everyMs = 5 * SECOND): () => void {
  const tick = () => {
    if (!document.hidden) now.value = Date.now();
  };
  const timer = setInterval(tick, everyMs);
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
  const year = new Date(at).getFullYear() !== new Date(present).getFullYear();
  const options = { day: "numeric", month: "short" } as const;
  return new Intl.DateTimeFormat(locale, year ? { ...options, year: "numeric" } : options).format(
    at,
  );
}

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

/** What hovering over a time shows. */
export function full(at: number): string {
  return fullFormat.format(at);
}

/** The local calendar day, comparable. */
export function day(at: number): string {
  const when = new Date(at);
  return `${when.getFullYear()}-${when.getMonth() + 1}-${when.getDate()}`;
}

export function dayName(at: number, present: number): string {
  if (day(at) === day(present)) return say("time.today");
  if (day(at) === day(present - DAY)) return say("time.yesterday");
  const old = new Date(at).getFullYear() !== new Date(present).getFullYear();
  return old
    ? new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(at)
    : dayFormat.format(at);
}
