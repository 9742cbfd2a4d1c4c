import { daysBetween } from "../link/days";
import type { Expected } from "../link/protocol.gen";
import { answering } from "../link/shopper";
import { useHouse, useRoom } from "./context";
import type { Tongue } from "./words";

export const FACES = 3;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Who is there, or when an answer may honestly be expected: the line below the store's name. */
export function PresenceLine({ listed }: { listed: string }) {
  const { tongue } = useHouse();
  const { view } = useRoom();
  if (!view.welcome) return null;
  const here = answering(view).length;
  return (
    <p class={here > 0 ? "names" : undefined} title={listed}>
      {here > 0
        ? whoAnswers(tongue, listed, here > FACES, view.expected.usual_ms)
        : whenAnswered(tongue, view.expected, Date.now())}
    </p>
  );
}

function whoAnswers(
  { words, say, language }: Tongue,
  names: string,
  more: boolean,
  usual: number | null,
): string {
  if (usual === null) return say(more ? words.hereMany : words.here, { names });
  const span = lasting(usual, language);
  return say(more ? words.usuallyHereMany : words.usuallyHere, { names, span });
}

/** What is promised while nobody is there; `now` in milliseconds since 1970. */
export function whenAnswered(tongue: Tongue, expected: Expected, now: number): string {
  const { words, say, language } = tongue;
  const { back_at: back, usual_ms: usual } = expected;
  if (back !== null && back > now) {
    const time = tongue.time(back);
    const days = daysBetween(now, back);
    if (days === 0) return say(words.backToday, { time });
    const part: Intl.DateTimeFormatOptions =
      days < 7 ? { weekday: "long" } : { weekday: "long", day: "numeric", month: "long" };
    const day = new Intl.DateTimeFormat(language, part).format(back);
    return say(words.backOn, { day, time });
  }
  if (usual !== null) return say(words.usually, { span: lasting(usual, language) });
  return words.away;
}

/** "12 min", "3 hr", "2 days": never less than it takes. */
export function lasting(ms: number, language: string): string {
  const [size, unit] =
    ms <= 59 * MINUTE ? [MINUTE, "minute"] : ms <= 47 * HOUR ? [HOUR, "hour"] : [DAY, "day"];
  const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" });
  return format.format(Math.max(1, Math.ceil(ms / size)));
}
