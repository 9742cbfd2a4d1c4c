/** What the panel shows, as one value; the room changes it, components read it. */

import type { ConnectionState } from "../link/connection";
import type { Attachment } from "../link/protocol.gen";
import { NOTHING_YET, type ShopperView } from "../link/shopper";
import type { LoaderSays } from "../loader/bridge";
import { NO_OFFER, type Offer } from "./offer";
import { NO_PUSH, type PushHere } from "./push";

/** A file that is about to be sent: on its way up, here, or refused. */
export interface Upload {
  readonly key: number;
  readonly file: File;
  /** A picture of this browser's own memory. */
  readonly preview: string | null;
  /** How much of it is up, 0 to 1. */
  readonly part: number;
  /** Set once the gateway has it. */
  readonly here: Attachment | null;
  /** Why it will not be sent, in words, and whether trying again may help. */
  readonly refused: { readonly why: string; readonly again: boolean } | null;
}

/** What the forms ask of the gateway. */
export type Asked =
  | "leave_address"
  | "give_code"
  | "prefer"
  | "subscribe"
  | "unsubscribe"
  | "answer"
  | "rate"
  | "transcript";

export interface RoomState {
  readonly view: ShopperView;
  readonly link: ConnectionState;
  /** There has been a connection, so the next one is a return. */
  readonly everLive: boolean;
  /** Attempts to connect that came to nothing, in a row. */
  readonly failures: number;
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
  readonly uploads: readonly Upload[];
  /** Pictures that were sent from here, by the file's id, until the gateway gives a link. */
  readonly pictures: Readonly<Record<string, string>>;
  /** No sound, please. */
  readonly mute: boolean;
  readonly freshAfter: number;
  readonly offer: Offer;
  readonly push: PushHere;
  readonly asked: Asked | null;
  /** Why the last form did not go through: ours, or the gateway's sentence in `view.refusal`. */
  readonly problem: "notConnected" | "noAnswer" | null;
  /** Parts that did not come, and are tried again. */
  readonly lacking: number;
  readonly now: number;
}

export const START: RoomState = {
  view: NOTHING_YET,
  link: { at: "stopped", why: null },
  everLive: false,
  failures: 0,
  online: true,
  page: { open: false, kept: false, focus: false, leaving: false, url: "", title: "" },
  visible: true,
  focus: false,
  atEnd: true,
  sheet: false,
  draft: "",
  uploads: [],
  pictures: {},
  mute: false,
  freshAfter: Number.MAX_SAFE_INTEGER,
  offer: NO_OFFER,
  push: NO_PUSH,
  asked: null,
  problem: null,
  lacking: 0,
  now: 0,
};
