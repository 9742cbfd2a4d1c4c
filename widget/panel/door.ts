/** Who is let in as whom: tickets, the session's homes, and what the shop's page says of it. */

import type { PanelSays } from "../loader/bridge";
import type { Caller } from "./api";
import type { Wants } from "./gate";
import type { Home } from "./home";
import type { Keep } from "./keep";
import type { Room } from "./room";
import { inTurn, ticketer } from "./session";
import { warn } from "./warn";

export interface DoorOptions {
  key: string;
  /** The tag that the panel speaks: the shopper is written to in it. */
  language: string;
  keep: Keep;
  /** Something stays in this frame when the page is left. */
  stays: boolean;
  get: typeof fetch;
  tell: (says: Omit<PanelSays, "onethread">) => void;
  cmid: () => string;
  wait: (ms: number) => Promise<void>;
  room: () => Pick<Room, "state" | "watch">;
  reload: () => void;
}

export class Door {
  #options: DoorOptions;
  #turn = inTurn();
  #knock: () => Promise<string>;
  #shopper = "";
  #handle: string | null = null;
  #home: Home | null = null;
  #caller: Caller | null = null;

  constructor(options: DoorOptions) {
    this.#options = options;
    const { key, language, keep, get } = options;
    const entered = (shopper: string) => {
      this.#shopper = shopper;
    };
    this.#knock = ticketer(key, keep, get, entered, language);
  }

  ticket(): Promise<string> {
    return this.#turn(() => this.#enter());
  }

  /** The shop's page called something, or keeps something for us. */
  asked({ told, handle }: Wants): void {
    this.#handle = handle;
    if (told.length === 0) return;
    this.#calls().then(
      (caller) => caller.hear(told),
      // Not acknowledged, so it is told again.
      warn,
    );
  }

  /** There is a conversation to come back to. */
  async settle(): Promise<void> {
    if (this.#options.stays) return;
    const home = await this.#homes();
    await this.#turn(() => home.settle());
  }

  async #enter(): Promise<string> {
    if (!this.#options.stays) await (await this.#homes()).enter(this.#handle);
    return this.#knock();
  }

  async #homes(): Promise<Home> {
    const { key, keep, get, tell } = this.#options;
    const part = await import("./api");
    this.#home ??= new part.Home(key, keep, get, tell);
    return this.#home;
  }

  async #calls(): Promise<Caller> {
    const part = await import("./api");
    this.#caller ??= new part.Caller({
      ...this.#options,
      page: this.#options.cmid(),
      inSession: (work) =>
        this.#turn(async () => {
          if (!this.#shopper) await this.#enter();
          return work(this.#shopper);
        }),
      afresh: async () => {
        await this.settle().catch(warn);
        this.#options.reload();
      },
    });
    return this.#caller;
  }
}
