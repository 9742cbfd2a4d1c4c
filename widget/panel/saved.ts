/**
 * Keeps over a change of page what somebody began here: what was written but not acknowledged, what
 * was not sent yet, and that it is to be quiet.
 *
 * Shoppers walk through a shop; without this a message written while the socket was down would be
 * lost at the next click. Sending it again is harmless: the cmid is the same.
 */

import type { Outbox } from "../link/outbox";
import type { Say } from "../link/protocol.gen";
import type { Keep } from "./keep";

export interface Saved {
  /** Whose it is; null when they never had a session. */
  readonly shopper: string | null;
  readonly letters: Outbox<Say>;
  readonly draft: string;
  readonly mute: boolean;
}

/** Older ones wait for the writer to decide: what was true then may not be now. */
const STALE_MS = 10 * 60_000;
/** More is lost with the page rather than crowding out everything else that is kept. */
const MOST_DRAFT = 10_000;

export interface Drawer {
  save(saved: Saved): void;
  /** All of it, the letters as they stand now. */
  load(now: number): Saved;
}

export function drawerIn(keep: Keep, key: string): Drawer {
  /** One thing under its own name, so that tabs do not undo each other's changes of another. */
  const slot = (what: string) => {
    const name = `onethread:${key}:${what}`;
    let held = keep.get(name);
    return {
      get: () => held ?? "",
      set(value: string | null) {
        if (value === held) return;
        held = value;
        keep.set(name, value);
      },
    };
  };
  const outbox = slot("outbox");
  const words = slot("draft");
  const quiet = slot("mute");
  return {
    save({ shopper, letters: all, draft, mute }) {
      const letters = all.filter((letter) => letter.state !== "sent");
      outbox.set(letters.length ? JSON.stringify({ shopper, letters }) : null);
      words.set(draft ? JSON.stringify({ shopper, draft: draft.slice(0, MOST_DRAFT) }) : null);
      quiet.set(mute ? "1" : null);
    },
    load(now) {
      const sent = read<Saved>(outbox.get(), "letters");
      const begun = read<Saved>(words.get(), "draft");
      return {
        shopper: sent?.shopper ?? begun?.shopper ?? null,
        letters: (sent?.letters ?? []).map((letter) => aged(letter, now)),
        draft: begun?.draft ?? "",
        mute: quiet.get() === "1",
      };
    },
  };
}

/** Null when there is nothing, or a former version's. */
function read<Kind>(text: string, needed: keyof Kind): Kind | null {
  try {
    const value = JSON.parse(text) as Kind | null;
    return value?.[needed] === undefined ? null : value;
  } catch {
    return null;
  }
}

function aged(letter: Outbox<Say>[number], now: number): Outbox<Say>[number] {
  if (letter.state !== "sending" || now - letter.at < STALE_MS) return letter;
  return { ...letter, state: "failed", why: { code: "stale", message: "" } };
}
