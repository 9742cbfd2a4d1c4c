/** What the shopper is doing, as a dot and in words. */

import type { InboxRow, ShopperFact } from "../../widget/link/protocol.gen";
import { ago, stretch } from "./time";
import { say } from "./words";

export type Presence = InboxRow["presence"];

/** Filled: on the page; half: the page is open behind others; empty: gone. */
export function PresenceDot({ presence }: { presence: Presence }) {
  const words = say(`presence.${presence}`);
  return <span class={`dot dot-${presence}`} role="img" aria-label={words} title={words} />;
}

/** The page's path, which says more in less room than its whole address. */
export function pagePath(url: string | null): string {
  if (!url || !URL.canParse(url)) return "";
  const { pathname, search } = new URL(url);
  return decoded(pathname) + search;
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    // A stray percent sign: as it stands.
    return path;
  }
}

/** One phrase: "reading now", "left 3 min ago", with `page` "on the page /shoes/blue". */
export function doing(shopper: ShopperFact, present: number, page = true): string {
  const { presence, since, lost, page_url } = shopper;
  if (lost) return say("presence.lost", { time: stretch(present - since) });
  if (presence === "gone") return say("presence.left", { ago: ago(since, present) });
  const path = page ? pagePath(page_url) : "";
  if (!path) return say(`presence.${presence}`);
  return say(`presence.${presence}.at`, { path });
}
