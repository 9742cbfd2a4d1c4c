/** What is known of the offer to bring the answer elsewhere; `offering.ts` has when, and what it shows. */

import type { AddressFact } from "../link/protocol.gen";
import type { ShopperView } from "../link/shopper";

/** Why the card is shown: nobody is there, no answer for a while, or the shopper is going. */
export type Why = "away" | "slow" | "leaving";

export interface Offer {
  readonly why: Why | null;
  /** "Not now" was said, or the shopper was answered for good; never offered again by itself. */
  readonly dismissed: boolean;
  /** An address was left or proven on this page, so the card says what happens next. */
  readonly settled: boolean;
}

export const NO_OFFER: Offer = { why: null, dismissed: false, settled: false };

/** An answer may take so long before the card is offered. */
export const SLOW_MS = 20_000;

/** It can be used, as far as we know. */
export function usable(address: AddressFact): boolean {
  return address.consented && !address.stopped && !address.failed;
}

export function hasWritten(view: ShopperView): boolean {
  const entries = view.log?.entries ?? [];
  return view.outbox.length > 0 || entries.some((entry) => entry.author.side === "shopper");
}
