/** What an agent wants on this computer, kept in its browser: the leave to notify is that, too. */

import { type Signal, signal } from "@preact/signals";
import { NOTHING, type Wishes } from "./attention";

const NAME = "onethread.attention";

export interface KeptWishes {
  readonly now: Signal<Wishes>;
  keep(change: Partial<Wishes>): void;
}

export function keptWishes(agentId: string, shelf = shared()): KeptWishes {
  const name = `${NAME}.${agentId}`;
  const now = signal(read(shelf, name));
  return {
    now,
    keep(change) {
      now.value = { ...now.value, ...change };
      try {
        shelf?.setItem(name, JSON.stringify(now.value));
      } catch {
        // A full or forbidden storage: it holds for as long as this tab is open.
        return;
      }
    },
  };
}

/** What the tabs of this browser share, if they may. */
export function shared(): Storage | null {
  try {
    return localStorage;
  } catch {
    // Storage is forbidden here; each tab goes by itself.
    return null;
  }
}

function read(shelf: Storage | null, name: string): Wishes {
  try {
    return { ...NOTHING, ...JSON.parse(shelf?.getItem(name) ?? "{}") };
  } catch {
    // Somebody wrote something else there: as if nothing were.
    return NOTHING;
  }
}
