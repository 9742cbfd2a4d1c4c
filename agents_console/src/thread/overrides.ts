/** What an agent's wishes have left of the log: a pure look at its entries. */

import type { Entry } from "../../../widget/link/protocol.gen";

/**
 * The seqs that the shopper has not seen and that go nowhere else, because somebody wanted them in
 * the chat only; for each the newest wish counts.
 */
export function leftInChat(entries: readonly Entry[], seen: number): readonly number[] {
  const wishes = new Map<number, unknown>();
  for (const { event, data } of entries) {
    if (event !== "override" || !Array.isArray(data.seqs)) continue;
    for (const seq of data.seqs) if (typeof seq === "number") wishes.set(seq, data.kind);
  }
  return [...wishes]
    .filter(([seq, kind]) => kind === "chat_only" && seq > seen)
    .map(([seq]) => seq);
}
