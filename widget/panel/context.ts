/** How components reach the room and the words. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Keep } from "./keep";
import type { Linker } from "./links";
import type { PushPart } from "./push";
import type { Room } from "./room";
import type { RoomState } from "./state";
import type { Tongue } from "./words";

export interface House {
  /** The store's. */
  readonly key: string;
  readonly keep: Keep;
  readonly room: Room;
  /** What notifications take; null while nobody here has any use for it. */
  readonly part: () => PushPart | null;
  readonly tongue: Tongue;
  readonly name: string;
  readonly greeting: string;
  readonly links: Linker;
  /** No shop's page is around it. */
  readonly alone: boolean;
}

export const HouseContext = createContext<House | null>(null);

export function useHouse(): House {
  const house = useContext(HouseContext);
  if (!house) throw new Error("no house around this component");
  return house;
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
