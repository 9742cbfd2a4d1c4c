/** What an agent may pick for their duty, for how long, and how it is told. */

import type { Colleague, Duty } from "../../../widget/link/protocol.gen";
import { moment } from "../time";
import { say } from "../words";

export type Pick = Duty["duty"];
export type Span = "hour" | "tomorrow" | "on";

export const PICKS: readonly Pick[] = ["online", "away", "do_not_disturb", "schedule"];
export const SPANS: readonly Span[] = ["hour", "tomorrow", "on"];

const HOUR_MS = 3_600_000;
const MORNING = 6;
const SHORT_NIGHT_MS = 3 * HOUR_MS;

/** Milliseconds UTC, or null for as long as it stands. Tomorrow begins when people get up. */
export function until(span: Span, now: number): number | null {
  if (span === "on") return null;
  if (span === "hour") return now + HOUR_MS;
  const morning = new Date(now);
  morning.setHours(MORNING, 0, 0, 0);
  while (morning.getTime() < now + SHORT_NIGHT_MS) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}

/** "Away until 14:00"; who is not here is just that. */
export function standing({ duty, connected, until: held }: Colleague, now: number): string {
  if (!connected) return say("duty.not-here");
  const words = say(`duty.${duty}`);
  return held === null ? words : `${words} ${say("duty.until", { time: moment(held, now) })}`;
}
