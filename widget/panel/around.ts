/** What a room needs from outside; tests give their own. */

import type { World } from "../link/connection";
import type { PanelSays } from "../loader/bridge";
import type { Boot } from "./boot";
import type { Drawer } from "./saved";

/** What sounds when an answer comes. */
export interface Bell {
  /** Whether anybody could hear it here. */
  able(): boolean;
  ring(): void;
}

export interface RoomOptions {
  boot: Omit<Boot, "words">;
  ticket: () => Promise<string>;
  drawer: Drawer;
  tell: (says: Omit<PanelSays, "onethread">) => void;
  /** Words for the number of unread messages. */
  unreadWords: (n: number) => string;
  world: World;
  /** Milliseconds since 1970. */
  date: () => number;
  cmid: () => string;
  /** Absent: nothing sounds here. */
  bell?: Bell;
  /** The browser's time zone (IANA); null when it tells none that the gateway could read. */
  zone: string | null;
}
