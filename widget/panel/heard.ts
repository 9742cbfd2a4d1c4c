/** What a frame of the gateway changes in the panel, beside what `hear` folds into the view. */

import type { ShopperHears } from "../link/protocol.gen";
import { lastUnread, newest, type ShopperView } from "../link/shopper";
import type { RoomState } from "./state";

type Changed = Pick<RoomState, "view" | "freshAfter" | "asked" | "offer">;

/** `view`: with the frame already folded in. */
export function after(state: RoomState, view: ShopperView, frame: ShopperHears): Changed {
  let { freshAfter, asked, offer } = state;
  if (frame.t === "snapshot" && (!state.view.log || !frame.recovered)) freshAfter = newest(view);
  if (frame.t === "welcome" && frame.conversation_id === null) freshAfter = 0;
  if (asked && frame.t === "addresses") {
    const said = asked !== "prefer" && asked !== "unsubscribe" && asked !== "transcript";
    if (said) offer = { ...offer, settled: true };
    asked = null;
  }
  if (frame.t === "forms" || (frame.t === "error" && frame.about === asked)) asked = null;
  return { view, freshAfter, asked, offer };
}

/** The seq of an answer that came just now and has not been seen; 0 for none. */
export function answered(before: ShopperView, view: ShopperView): number {
  // What was there when the page opened is no news.
  if (!before.log) return 0;
  const same = before.log.conversationId === view.log?.conversationId;
  const last = lastUnread(view);
  return last > (same ? lastUnread(before) : 0) ? last : 0;
}
