/** How components reach the room and the words. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Keep } from "./keep";
import type { Linker } from "./links";
import type { PushPart } from "./push";
import type { Room } from "./room";
import type { RoomState } from "./state";
import type { PartWords, Tongue, Words } from "./words";

export interface House<Known extends Words = Words> {
  /** The store's. */
  readonly key: string;
  readonly keep: Keep;
  readonly room: Room;
  /** What notifications take; null while nobody here has any use for it. */
  readonly part: () => PushPart | null;
  readonly tongue: Tongue<Known>;
  /** Fetches what parts say; after a failure the next call tries again. */
  readonly join: () => Promise<unknown>;
  readonly name: string;
  readonly greeting: string;
  readonly links: Linker;
  /** No shop's page is around it. */
  readonly alone: boolean;
}

let house: House | null = null;

/** A document has one panel, so one house: it takes no context of Preact's to find it. */
export const HouseContext = {
  Provider({ value, children }: { value: House; children: ComponentChildren }) {
    house = value;
    return children;
  },
};

export function useHouse(): House {
  // Nothing is drawn outside of it.
  return house as House;
}

/** The same within a part: its words came with it. */
export function usePart(): House<PartWords> {
  return useHouse() as House<PartWords>;
}

/** The room's state; draws again after every change of it. */
export function useRoom(): RoomState {
  const { room } = useHouse();
  const [state, setState] = useState(room.state);
  useEffect(() => {
    const update = () => setState(room.state);
    update();
    return room.watch(update);
  }, [room]);
  return state;
}
