/** What is told of this tab, to the loader and to the gateway: each thing once, when it changed. */

import type { ShopperSays } from "../link/protocol.gen";
import { type ShopperView, unread } from "../link/shopper";
import type { PanelSays } from "../loader/bridge";
import type { RoomState } from "./state";
import { tabFrame } from "./tab";

type Told = Omit<PanelSays, "onethread">;

export class Outward {
  #loader: (says: Told) => void;
  #gateway: (frame: ShopperSays) => void;
  #told: Told = {};
  #tab = "";

  constructor(loader: (says: Told) => void, gateway: (frame: ShopperSays) => void) {
    this.#loader = loader;
    this.#gateway = gateway;
  }

  /** A new socket knows nothing of this tab. */
  forget(): void {
    this.#tab = "";
  }

  /** How many answers wait, which is returned too, and whether there is anything to come back to. */
  conversation(view: ShopperView, words: (n: number) => string): number {
    const { welcome, log, outbox } = view;
    const n = unread(view);
    this.page({ unread: n, words: n ? words(n) : "" });
    // Not before the welcome: until then nobody knows.
    const kept = outbox.length > 0 || (log !== null && (log.state === "open" || n > 0));
    if (welcome) this.page({ kept });
    return n;
  }

  page(says: Told): void {
    const names = Object.keys(says) as (keyof Told)[];
    if (names.every((name) => this.#told[name] === says[name])) return;
    this.#told = { ...this.#told, ...says };
    this.#loader(says);
  }

  tab({ page, visible, focus }: RoomState): void {
    const frame = tabFrame(page, visible, focus);
    const text = JSON.stringify(frame);
    if (text === this.#tab) return;
    this.#tab = text;
    this.#gateway(frame);
  }
}
