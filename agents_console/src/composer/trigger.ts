/** What the letters right before the caret ask for: a canned reply, a colleague, an emoji. */

export type Sign = "/" | "@" | ":";

export interface Trigger {
  readonly sign: Sign;
  /** Where the sign stands. */
  readonly from: number;
  readonly to: number;
  /** What was typed after it, in small letters. */
  readonly query: string;
}

const BEGUN = /(^|[\s(])([/@:])([^\s/@:]*)$/;
/** Names have spaces: after `@` one is part of what is looked for. */
const NAMING = /(^|[\s(])(@)([^\s@][^@\n]{0,40}|)$/;
/** Further back nobody has begun anything. */
const REACH = 60;

/** Null when nothing is asked for; `note`: only there are colleagues named. */
export function trigger(text: string, caret: number, note: boolean): Trigger | null {
  const start = Math.max(0, caret - REACH);
  const before = text.slice(start, caret);
  const match = BEGUN.exec(before) ?? (note ? NAMING.exec(before) : null);
  if (!match) return null;
  const [whole, lead = "", sign, query = ""] = match;
  if (lead === "" && start > 0) return null;
  if (sign === "@" && !note) return null;
  // ":)" and "12:30" are no names; "a:" is no question.
  if (sign === ":" && !/^[a-z][a-z0-9_]+$/i.test(query)) return null;
  const from = start + match.index + whole.length - query.length - 1;
  return { sign: sign as Sign, from, to: caret, query: query.toLowerCase() };
}

export interface Edit {
  readonly text: string;
  readonly caret: number;
}

/** Words in the place of what was typed. */
export function replaced(
  text: string,
  { from, to }: { from: number; to: number },
  words: string,
): Edit {
  return { text: text.slice(0, from) + words + text.slice(to), caret: from + words.length };
}
