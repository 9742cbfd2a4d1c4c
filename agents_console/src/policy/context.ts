/** The policy's room, and whose row of the table is open, for the components below the screen. */

import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Room } from "./room";

/** A rule's key, or one of the two last rows. */
export type OpenRow = number | "else" | "staff" | null;

export interface Screen {
  readonly room: Room;
  readonly open: Signal<OpenRow>;
  /** What has just been moved, for those who cannot see it move. */
  readonly news: Signal<string>;
}

const ScreenContext = createContext<Screen | null>(null);
export const InPolicy = ScreenContext.Provider;

export function newScreen(room: Room): Screen {
  return { room, open: signal<OpenRow>(null), news: signal("") };
}

export function usePolicy(): Screen {
  const screen = useContext(ScreenContext);
  if (!screen) throw new Error("this component belongs on the policy screen");
  return screen;
}
