/** What the panel shows, as one value; the room changes it, components read it. */

import type { ConnectionState } from "../link/connection";
import { NOTHING_YET, type ShopperView } from "../link/shopper";
import type { LoaderSays } from "../loader/bridge";
import { NO_OFFER, type Offer } from "./offer";
import { NO_PUSH, type PushHere } from "./push";

/** What the forms ask of the gateway. */
export type Asked = "leave_address" | "give_code" | "prefer" | "subscribe" | "unsubscribe";

export interface RoomState {
  readonly view: ShopperView;
  readonly link: ConnectionState;
  /** There has been a connection, so the next one is a return. */
  readonly everLive: boolean;
  readonly online: boolean;
  readonly page: Omit<LoaderSays, "onethread">;
  readonly visible: boolean;
  /** This frame has the focus. The page is not told when its window loses it to another. */
  readonly focus: boolean;
  /** The end of the conversation is in sight. */
  readonly atEnd: boolean;
  /** "How we reach you" is open. */
  readonly sheet: boolean;
  readonly draft: string;
  readonly freshAfter: number;
  readonly offer: Offer;
  readonly push: PushHere;
  readonly asked: Asked | null;
  /** Why the last form did not go through: ours, or the gateway's sentence in `view.refusal`. */
  readonly problem: "notConnected" | "noAnswer" | null;
  readonly now: number;
}

export const START: RoomState = {
  view: NOTHING_YET,
  link: { at: "stopped", why: null },
  everLive: false,
  online: true,
  page: { open: false, kept: false, focus: false, leaving: false, url: "", title: "" },
  visible: true,
  focus: false,
  atEnd: true,
  sheet: false,
  draft: "",
  freshAfter: Number.MAX_SAFE_INTEGER,
  offer: NO_OFFER,
  push: NO_PUSH,
  asked: null,
  problem: null,
  now: 0,
};
