/** The times that a conversation is usually laid aside until, by the calendar of whoever asks. */

import { say } from "../words";

const HOUR_MS = 3_600_000;
const MORNING = 9;
const LATER_HOURS = 3;
/** "Later today" past this hour would be the night. */
const EVENING = 19;

export interface SnoozeTime {
  readonly name: "later" | "tomorrow" | "monday" | "week";
  readonly at: number;
}

/** The same in words, for a dialog. */
export function snoozeChoices(present: number): { words: string; until: number }[] {
  return snoozeTimes(present).map(({ name, at }) => ({ words: say(`snooze.${name}`), until: at }));
}

export function snoozeTimes(present: number): readonly SnoozeTime[] {
  const now = new Date(present);
  const later = present + LATER_HOURS * HOUR_MS;
  const toMonday = ((8 - now.getDay()) % 7 || 7) as number;
  const found: SnoozeTime[] = [];
  if (new Date(later).getDate() === now.getDate() && now.getHours() + LATER_HOURS <= EVENING) {
    found.push({ name: "later", at: later });
  }
  found.push({ name: "tomorrow", at: morning(now, 1) });
  // On a Sunday that is tomorrow, and on a Monday in a week.
  if (toMonday > 1) found.push({ name: "monday", at: morning(now, toMonday) });
  if (toMonday < 7) found.push({ name: "week", at: morning(now, 7) });
  return found;
}

/** The morning so many days on; the calendar knows of summer time. */
function morning(now: Date, days: number): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING).getTime();
}
