/** The line over the composer as data: where the shopper is, and what happens in turn. */

import type { Route, ShopperFact, Step, Way } from "../../../widget/link/protocol.gen";
import { doing } from "../presence";
import { moment, wait } from "../time";
import { say } from "../words";

export interface Forecast {
  /** "Left 40 s ago" */
  readonly where: string;
  /** "SMS in 20 s", "then e-mail after 21:00" */
  readonly steps: readonly string[];
  /** The whole as it is read aloud: without what counts down, so it changes only with the facts. */
  readonly aloud: string;
}

/** More would be no line. */
const MOST_STEPS = 2;
/** So far ahead a clock's time says more than a stretch. */
const FAR_MS = 60 * 60_000;

/** `heardAt`: when the route arrived. Both instants are by the gateway's clock, in milliseconds. */
export function forecast(
  route: Route,
  shopper: ShopperFact | null,
  heardAt: number,
  present: number,
): Forecast {
  const where = opening(
    shopper ? doing(shopper, present, false) : say(`presence.${route.presence}`),
  );
  const still = opening(say(`presence.${route.presence}`));
  const later = route.steps.filter((step) => step.channel !== "chat");
  if (route.channel === null) {
    const stays = say(route.ways.length === 0 ? "route.nowhere.none" : "route.nowhere.barred");
    return { where, steps: [stays], aloud: line(still, [stays]) };
  }
  const aloud = line(still, [say(`channel.${route.channel}`)]);
  if (route.channel === "chat") {
    const [first] = later;
    const unread = first ? [unreadWords(first, heardAt, present)] : [];
    return { where, steps: [say("route.chat"), ...unread], aloud };
  }
  const steps = later
    .slice(0, MOST_STEPS)
    .map((step, at) =>
      say(`route.step.${at > 0 ? "then" : "first"}`, { step: stepWords(step, heardAt, present) }),
    );
  return { where, steps, aloud };
}

export function line(where: string, steps: readonly string[]): string {
  return say("route.line", { where, steps: steps.join(say("route.between")) });
}

/** "SMS in 20 s", "e-mail after 21:00": when this step comes, if nobody does anything. */
export function stepWords(step: Step, heardAt: number, present: number): string {
  const left = step.at - present;
  // What is past was a delay that begins with the answer, and that has not been written yet.
  const time =
    left <= 0
      ? say("route.when.after-sending", { time: wait(step.at - heardAt) })
      : left < FAR_MS
        ? say("route.when.in", { time: wait(left) })
        : say("route.when.after", { time: moment(step.at, present) });
  return say(step.form === "knock" ? "route.asks" : "route.goes", { channel: channel(step), time });
}

/** "then SMS after 5 min unread": for as long as they are here, the time begins with the answer. */
function unreadWords(step: Step, heardAt: number, present: number): string {
  const delay = step.at - heardAt;
  return delay < FAR_MS
    ? say("route.unread", { channel: channel(step), time: wait(delay) })
    : say("route.step.then", { step: stepWords(step, heardAt, present) });
}

function channel(step: Step): string {
  return say(`channel.${step.channel}`);
}

/** May *send now* go by it? The gateway has asked itself the same question. */
export function isOpen(way: Way): boolean {
  return way.verdict === "open";
}

/** Why not, in words: "quiet hours where they may be, until 08:00". */
export function barred(way: { sentence: string; until: number | null }, present: number): string {
  if (way.until === null || way.until <= present) return way.sentence;
  return say("way.until", { sentence: way.sentence, time: moment(way.until, present) });
}

function opening(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
