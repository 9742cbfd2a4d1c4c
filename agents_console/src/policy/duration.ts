/** Lengths of time as people type them: "30 s", "5 min", "2 h". In the document they are seconds. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From here on hours are told in days. */
const IN_DAYS = 48 * HOUR;
/** Up to here seconds are told as such: "90 s" is quicker to read than "1 min 30 s". */
const IN_SECONDS = 120;

const UNITS: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: MINUTE,
  min: MINUTE,
  minute: MINUTE,
  minutes: MINUTE,
  h: HOUR,
  hour: HOUR,
  hours: HOUR,
  d: DAY,
  day: DAY,
  days: DAY,
};

const PART = /(\d+(?:[.,]\d+)?)\s*([a-z]*)\.?\s*/y;

/** Seconds, or null when it is no length of time. A number alone is seconds. */
export function parse(text: string): number | null {
  const wanted = text.trim().toLowerCase();
  let seconds = 0;
  let from = 0;
  while (from < wanted.length) {
    PART.lastIndex = from;
    const part = PART.exec(wanted);
    if (!part) return null;
    const [whole, count = "", unit = ""] = part;
    const alone = unit === "" && from === 0 && whole.length === wanted.length;
    const each = alone ? 1 : UNITS[unit];
    if (each === undefined) return null;
    seconds += Number(count.replace(",", ".")) * each;
    from += whole.length;
  }
  return wanted === "" ? null : Math.round(seconds * 1000) / 1000;
}

/** The shortest way to say it exactly; `parse` reads it back. */
export function format(seconds: number): string {
  if (seconds < IN_SECONDS && seconds % MINUTE !== 0) return `${seconds} s`;
  const parts: string[] = [];
  let left = seconds;
  const take = (unit: number, name: string) => {
    const n = Math.floor(left / unit);
    if (n > 0) parts.push(`${n} ${name}`);
    left -= n * unit;
  };
  if (seconds >= IN_DAYS) take(DAY, "d");
  take(HOUR, "h");
  take(MINUTE, "min");
  if (left > 0 || parts.length === 0) parts.push(`${Math.round(left * 1000) / 1000} s`);
  return parts.join(" ");
}
