/** What an agent's wishes have left of the log: a pure look at its entries. */

import type { Entry } from "../../../widget/link/protocol.gen";

/** The newest wish for each message that the shopper has not seen, by seq. */
export function newest(entries: readonly Entry[], seen: number): ReadonlyMap<number, Entry> {
  const wishes = new Map<number, Entry>();
  for (const entry of entries) {
    if (entry.event !== "override" || !Array.isArray(entry.data.seqs)) continue;
    for (const seq of entry.data.seqs) {
      if (typeof seq === "number" && seq > seen) wishes.set(seq, entry);
    }
  }
  return wishes;
}

/**
 * What is wished for each message that the shopper has not seen, by seq: the newest wish, unless it
 * is to go as usual or its hour has come.
 */
export function wished(
  entries: readonly Entry[],
  seen: number,
  at: number,
): ReadonlyMap<number, string> {
  const wishes = new Map<number, string>();
  for (const [seq, { data }] of newest(entries, seen)) {
    const over = typeof data.until === "number" && data.until <= at;
    if (!over && data.kind !== "as_usual") wishes.set(seq, String(data.kind));
  }
  return wishes;
}

/** The seqs that go nowhere else, because somebody wanted them in the chat only. */
export function leftInChat(entries: readonly Entry[], seen: number): readonly number[] {
  return [...wished(entries, seen, 0)]
    .filter(([, kind]) => kind === "chat_only")
    .map(([seq]) => seq);
}
