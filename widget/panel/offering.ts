/**
 * When to offer bringing the answer elsewhere, and what the card then shows.
 *
 * Fetched once something was written: it is never offered before.
 */

import type { AddressFact } from "../link/protocol.gen";
import { answering, type ShopperView, waitingSince } from "../link/shopper";
import { offersPush } from "./notices";
import { hasWritten, type Offer, SLOW_MS, usable, type Why } from "./offer";
import type { RoomState } from "./state";

export interface Moment {
  /** Since when the shopper has waited as this page saw it, or null. */
  readonly waited: number | null;
  readonly leaving: boolean;
  /** This browser could be notified. */
  readonly push: boolean;
  /** On the scale of `waited`. */
  readonly now: number;
}

/** The room's offer as it is now; `waited` as in `Moment`. */
export function offered(state: RoomState, waited: number | null): Offer {
  const { offer, view, page, now } = state;
  const push = offersPush(view, state.push);
  return consider(offer, view, { waited, leaving: page.leaving, push, now });
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
