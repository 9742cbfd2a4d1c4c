/** What this tab tells of itself: where it is, whether it is looked at, whether somebody types. */

import type { World } from "../link/connection";
import type { Tab as TabFrame } from "../link/protocol.gen";
import type { LoaderSays } from "../loader/bridge";

export type Tab = TabFrame;

const MOST_URL = 2000;
const MOST_TITLE = 300;

/** `visible` and `focus` are the panel's own; the page's focus counts as well. */
export function tabFrame(
  page: Omit<LoaderSays, "onethread">,
  visible: boolean,
  focus: boolean,
): Tab {
  return {
    t: "tab",
    panel: page.open,
    visible,
    focus: focus || page.focus,
    // A cut address would lead elsewhere, a cut title is still a title.
    url: page.url && page.url.length <= MOST_URL ? page.url : null,
    title: page.title ? page.title.slice(0, MOST_TITLE) : null,
  };
}

/** The other side forgets typing after six seconds, so it is told again every three. */
const AGAIN_MS = 3_000;
const IDLE_MS = 5_000;

/** Tells that somebody types, not at every key, and that they stopped. */
export class TypingPulse {
  #world: World;
  #tell: (on: boolean) => void;
  #told: number | null = null;
  #idle: unknown = null;

  constructor(world: World, tell: (on: boolean) => void) {
    this.#world = world;
    this.#tell = tell;
  }

  /** After every change of the draft; `some` unless it is now empty. */
  wrote(some: boolean): void {
    this.#world.clearTimeout(this.#idle);
    if (!some) {
      this.#stop();
      return;
    }
    const now = this.#world.now();
    if (this.#told === null || now - this.#told >= AGAIN_MS) {
      this.#told = now;
      this.#tell(true);
    }
    this.#idle = this.#world.setTimeout(() => this.#stop(), IDLE_MS);
  }

  #stop(): void {
    if (this.#told === null) return;
    this.#told = null;
    this.#tell(false);
  }
}
