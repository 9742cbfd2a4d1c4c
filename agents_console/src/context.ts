/** The desk, and the few things of the page, that components find without being handed them. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { CannedShelf } from "./canned/shelf";
import type { DraftSync } from "./composer/draft-sync";
import type { Drafts } from "./composer/drafts";
import type { Uploads } from "./composer/uploads";
import type { Desk } from "./desk/desk";

export interface Room {
  readonly desk: Desk;
  readonly drafts: Drafts;
  readonly draftSync: DraftSync;
  readonly canned: CannedShelf;
  readonly uploads: Uploads;
  signOut(): void;
}

const RoomContext = createContext<Room | null>(null);
export const InRoom = RoomContext.Provider;

export function useRoom(): Room {
  const room = useContext(RoomContext);
  if (!room) throw new Error("this component belongs inside the desk");
  return room;
}
