/** Whether this browser is notified, or could be. */

import type { AddressFact } from "../link/protocol.gen";
import type { ShopperView } from "../link/shopper";
import { usable } from "./offer";
import type { PushHere } from "./push";

/** Whether notifications are worth a word here; what cannot be had is not offered. */
export function offersPush(view: ShopperView, push: PushHere): boolean {
  if (!view.welcome?.push || !push.able || notified(view, push)) return false;
  return push.came !== "blocked" && push.came !== "cannot";
}

/** The address that stands for this browser, when it is notified. */
export function notified(view: ShopperView, push: PushHere): AddressFact | undefined {
  if (push.endpoint === null) return undefined;
  return view.addresses.findLast((one) => one.channel === "push" && usable(one));
}
