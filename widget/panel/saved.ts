/**
 * Keeps what was written but not acknowledged over a change of page.
 *
 * Shoppers walk through a shop; without this a message written while the socket was down would be
 * lost at the next click. Sending it again is harmless: the cmid is the same.
 */

import type { Outbox } from "../link/outbox";
import type { Say } from "../link/protocol.gen";
import type { Keep } from "./keep";

interface Saved {
  shopper: string | null;
  letters: Outbox<Say>;
}

/** Older ones wait for the writer to decide: what was true then may not be now. */
const STALE_MS = 10 * 60_000;

export interface Drawer {
  save(shopper: string | null, outbox: Outbox<Say>): void;
  /** Whose they were, and the letters as they stand now. */
  load(now: number): Saved;
}

export function drawerIn(keep: Keep, key: string): Drawer {
  const name = `onethread:${key}:outbox`;
  let held = keep.get(name);
  return {
    save(shopper, outbox) {
      const letters = outbox.filter((letter) => letter.state !== "sent");
      const text = letters.length ? JSON.stringify({ shopper, letters } satisfies Saved) : null;
      if (text === held) return;
      held = text;
      keep.set(name, text);
    },
    load(now) {
      try {
        const saved = JSON.parse(held ?? "") as Saved;
        return { ...saved, letters: saved.letters.map((letter) => aged(letter, now)) };
      } catch {
        // Nothing there, or a former version's: an empty outbox either way.
        return { shopper: null, letters: [] };
      }
    },
  };
}

function aged(letter: Outbox<Say>[number], now: number): Outbox<Say>[number] {
  if (letter.state !== "sending" || now - letter.at < STALE_MS) return letter;
  return { ...letter, state: "failed", why: { code: "stale", message: "" } };
}
