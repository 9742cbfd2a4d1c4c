/** Rows do not move away under a hand: while somebody points at the list, its order stands still. */

import type { InboxRow } from "../../../widget/link/protocol.gen";

type Rows = readonly InboxRow[];

/** A list that stands still. */
export interface Still {
  readonly rows: Rows;
  /** The list as it would be otherwise, when that was last looked at. */
  readonly wanted: Rows;
  /** Of all its rows; grows in place. */
  readonly ids: Set<string>;
}

/** From here on these do not move. */
export function still(rows: Rows): Still {
  return { rows, wanted: rows, ids: new Set(rows.map((row) => row.conversation_id)) };
}

/**
 * The rows that were shown, then what has come since, where it moves nothing.
 *
 * What left the list stays until it is let go of. A row is as it was when it came: who draws it asks
 * what is known of it now. So a page costs what it brings, however long the list is.
 */
export function goOn(held: Still, wanted: Rows): Still {
  const { from, toOther } = between(held.wanted, wanted);
  const come = wanted.slice(from, toOther).filter((row) => !held.ids.has(row.conversation_id));
  for (const row of come) held.ids.add(row.conversation_id);
  // A further page, and nothing has moved so far: the list is what it would be anyway.
  const asWanted = held.rows === held.wanted && from === held.wanted.length;
  if (asWanted) return { ...held, wanted, rows: wanted };
  return { ...held, wanted, rows: come.length > 0 ? [...held.rows, ...come] : held.rows };
}

/** How many stand elsewhere than they belong: what letting go would change. */
export function moved(shown: Rows, wanted: Rows): number {
  if (shown === wanted) return 0;
  const { from, toOne, toOther } = between(shown, wanted);
  const there = new Map(wanted.slice(from, toOther).map((row, at) => [row.conversation_id, at]));
  let [last, n] = [-1, 0];
  for (const row of shown.slice(from, toOne)) {
    const at = there.get(row.conversation_id);
    if (at === undefined || at < last) n += 1;
    else last = at;
  }
  return n;
}

/** What lies between the beginning and the end that two lists share. */
function between(one: Rows, other: Rows): { from: number; toOne: number; toOther: number } {
  const same = (at: number, there: number) =>
    one[at]?.conversation_id === other[there]?.conversation_id;
  const least = Math.min(one.length, other.length);
  let from = 0;
  while (from < least && same(from, from)) from += 1;
  let [toOne, toOther] = [one.length, other.length];
  while (toOne > from && toOther > from && same(toOne - 1, toOther - 1)) {
    toOne -= 1;
    toOther -= 1;
  }
  return { from, toOne, toOther };
}
