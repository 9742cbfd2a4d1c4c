/** When to offer bringing the answer elsewhere, and what the card then shows. */

import type { AddressFact } from "../link/protocol.gen";
import { answering, type ShopperView, waitingSince } from "../link/shopper";

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

export interface Moment {
  /** Since when the shopper has waited as this page saw it, or null. */
  readonly waited: number | null;
  readonly leaving: boolean;
  /** This browser could be notified. */
  readonly push: boolean;
  /** On the scale of `waited`. */
  readonly now: number;
}

/** It can be used, as far as we know. */
export function usable(address: AddressFact): boolean {
  return address.consented && !address.stopped && !address.failed;
}

export function hasWritten(view: ShopperView): boolean {
  const entries = view.log?.entries ?? [];
  return view.outbox.length > 0 || entries.some((entry) => entry.author.side === "shopper");
}

/** The offer after a moment: it comes when it helps, and goes when the answer came first. */
export function consider(offer: Offer, view: ShopperView, moment: Moment): Offer {
  if (offer.dismissed || !view.welcome) return offer;
  const nothing = view.sentences.length === 0 && !moment.push;
  const needless = nothing || view.addresses.some(usable) || !hasWritten(view);
  const why = needless ? null : reason(offer, view, moment);
  return why === offer.why ? offer : { ...offer, why };
}

function reason(offer: Offer, view: ShopperView, moment: Moment): Why | null {
  const waits = waitingSince(view) !== null;
  if (moment.leaving && view.log?.state !== "resolved") return offer.why ?? "leaving";
  if (!waits) return offer.why === "leaving" ? "leaving" : null;
  if (answering(view).length === 0) return "away";
  if (moment.waited !== null && moment.now - moment.waited >= SLOW_MS) return offer.why ?? "slow";
  // Somebody came: the card stays, but not the claim that nobody is there.
  return offer.why === "away" ? "slow" : offer.why;
}

export type Card =
  | { readonly shows: "form"; readonly why: Why }
  | { readonly shows: "code"; readonly address: AddressFact }
  | { readonly shows: "settled"; readonly address: AddressFact };

export function card(offer: Offer, view: ShopperView): Card | null {
  if (offer.dismissed) return null;
  const coded = view.addresses.findLast((one) => usable(one) && one.code_sent && !one.proven);
  if (coded) return { shows: "code", address: coded };
  const settled = view.addresses.findLast(usable);
  if (settled) return offer.settled ? { shows: "settled", address: settled } : null;
  return offer.why ? { shows: "form", why: offer.why } : null;
}
