/** Rows do not move away under a hand: while somebody points at the list, its order stands still. */

import type { InboxRow } from "../../../widget/link/protocol.gen";

/**
 * The rows that were shown, each with what is known of it now, then what has come since.
 *
 * What left the list stays until it is let go of; what came stands at the end, where it moves
 * nothing.
 */
export function heldStill(
  shown: readonly InboxRow[],
  wanted: readonly InboxRow[],
  known: ReadonlyMap<string, InboxRow>,
): readonly InboxRow[] {
  const ids = new Set(shown.map((row) => row.conversation_id));
  const still = shown.map((row) => known.get(row.conversation_id) ?? row);
  const come = wanted.filter((row) => !ids.has(row.conversation_id));
  return come.length > 0 ? [...still, ...come] : still;
}

/** How many stand elsewhere than they belong: what letting go would change. */
export function moved(shown: readonly InboxRow[], wanted: readonly InboxRow[]): number {
  if (shown === wanted) return 0;
  const there = new Map(wanted.map((row, at) => [row.conversation_id, at]));
  let [last, n] = [-1, 0];
  for (const row of shown) {
    const at = there.get(row.conversation_id);
    if (at === undefined || at < last) n += 1;
    else last = at;
  }
  return n;
}
