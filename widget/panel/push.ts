/**
 * Notifications of this browser: what is known of them, and the part that has the way to them.
 *
 * That part is fetched where it is of use: not by every shopper, and not in every shop.
 */

import type { ShopperView } from "../link/shopper";
import type { Without } from "../push/subscription";
import { hasWritten } from "./offer";
import type { Notices } from "./words";

/** What this browser is known to do about notifications. */
export interface PushHere {
  /** It has what they take, as far as a framed page can tell, and the part is here. */
  readonly able: boolean;
  /** Who asked last answered so; null: nobody asked yet, or the shop's page cannot. */
  readonly came: Without | null;
  /** The shop's own page can ask; else a little window of ours does. */
  readonly byPage: boolean;
  /** The endpoint that was agreed to in this browser. */
  readonly endpoint: string | null;
}

export const NO_PUSH: PushHere = { able: false, came: null, byPage: false, endpoint: null };

/** The part that is fetched on demand. */
export interface PushPart {
  /** The part on the shop's page answered; the gate knows that it was the shop's page. */
  heardPage(push: unknown): void;
  /** Within the shopper's click: browsers ask at no other time. */
  allow(): void;
  stop(): void;
  readonly words: Notices;
}

/** Whether there is any use for the part: this store notifies, and here is somebody who asked. */
export function needsPush(view: ShopperView): boolean {
  return !!view.welcome?.push && hasWritten(view);
}
