/** What is asked for of the log: what came before what is here, also in a conversation that went on here. */

import type { Entry, ShopperHears, ShopperSays } from "../link/protocol.gen";
import type { ShopperView } from "../link/shopper";

const PAGE_SIZE = 50;
const MOST_BEFORE = 200;

/** The page before the first entry; null when there is none, or it is on its way. */
export function pageBefore({ log, paging }: ShopperView): ShopperSays | null {
  const first = log?.entries[0];
  if (!log || log.complete || paging || !first) return null;
  return { t: "earlier", conversation_id: null, before: first.seq, limit: PAGE_SIZE };
}

/** Where another conversation went on in this one, what was said in it is to be read here. */
export function mergedIn(frame: ShopperHears): ShopperSays[] {
  const come: readonly Entry[] =
    "entries" in frame ? frame.entries : "entry" in frame ? [frame.entry] : [];
  return come
    .filter(({ event }) => event === "merged")
    .map(({ data }) => ({
      t: "earlier",
      conversation_id: data.conversation_id as string,
      before: (data.seq as number) + 1,
      limit: MOST_BEFORE,
    }));
}
