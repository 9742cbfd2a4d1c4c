/** What follows from a change of the panel's state, by itself and by time alone. */

import { unread, waitingSince } from "../link/shopper";
import type { offered } from "./offering";
import type { RoomState } from "./state";

interface Derived {
  readonly state: RoomState;
  /** Since when this page has seen the shopper wait, on the scale of `now`; null: nobody waits. */
  readonly waited: number | null;
}

/** `offers` is here once something was written. */
export function derived(
  was: RoomState,
  changed: RoomState,
  before: number | null,
  offers: typeof offered | null,
): Derived {
  const { now, page } = changed;
  const { typing } = changed.view;
  const view = typing && typing.until <= now ? { ...changed.view, typing: null } : changed.view;
  const waited = waitingSince(view) === null ? null : (before ?? now);
  // What comes before somebody's eyes only now has not been read: where it stands says how far.
  const appears = page.open && (!was.page.open || (view.log && !was.view.log));
  const atEnd = changed.atEnd && !(appears && unread(view) > 0);
  const state = { ...changed, view, atEnd };
  return { state: offers ? { ...state, offer: offers(state, waited) } : state, waited };
}
