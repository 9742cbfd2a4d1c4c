/**
 * The way to a subscription of this browser, and back, with the words that it takes.
 *
 * Fetched on demand, so it takes nothing but types from the rest: sharing more would cut the panel
 * in two for everybody.
 */

import type { Subscribe } from "../link/protocol.gen";
import type { MARK as Mark, PanelSays, PartSays } from "../loader/bridge";
import type { Subscription, Without } from "../push/subscription";
import type { Keep } from "./keep";
import type { PushPart } from "./push";
import type { Room } from "./room";
import type { Notices } from "./words";

const MARK: typeof Mark = "onethread";

interface PushOptions {
  room: Room;
  /** The store's key. */
  store: string;
  words: Notices;
  keep: Keep;
  /** To the loader on the shop's page. */
  tell(says: Omit<PanelSays, typeof MARK>): void;
  /** Opens the little window; null when the browser refuses. */
  open(): Window | null;
}

/** Walks the way to a subscription and back; what it knows stands in the room's state. */
export class Push implements PushPart {
  readonly words: Notices;
  #options: PushOptions;
  #name: string;
  #window: Window | null = null;
  /** The shopper pressed the button, so what comes is agreed to. */
  #wanted = false;

  constructor(options: PushOptions) {
    this.#options = options;
    this.words = options.words;
    this.#name = `onethread:${options.store}:push`;
  }

  /** Notifications may be offered from now on; the shop's page is asked how it stands there. */
  begin(): void {
    const { room, keep, tell } = this.#options;
    room.pushed({ able: true, endpoint: keep.get(this.#name) });
    addEventListener("message", (event) => this.#heardWindow(event));
    const { view, push } = room.state;
    const key = view.welcome?.push?.key;
    if (key) tell({ push: { key, ask: push.endpoint === null ? null : "again" } });
  }

  /** Within the shopper's click: browsers ask at no other time. */
  allow(): void {
    const { room, tell, open } = this.#options;
    const key = room.state.view.welcome?.push?.key;
    if (!key) return;
    this.#wanted = true;
    room.forgive();
    if (room.state.push.byPage) {
      tell({ push: { key, ask: "now" } });
      return;
    }
    this.#window = open();
    room.pushed({ came: this.#window ? null : "failed" });
  }

  stop(): void {
    const { room } = this.#options;
    const { endpoint } = room.state.push;
    if (endpoint === null) return;
    this.#keep(null);
    room.ask({ t: "unsubscribe", endpoint });
  }

  /** The part on the shop's page answered; the gate knows that it was the shop's page. */
  heardPage(push: unknown): void {
    this.#options.room.pushed({ byPage: push !== "failed" });
    this.#take(push);
  }

  /** Something was posted to us; only the little window is listened to, on our own origin. */
  #heardWindow(event: MessageEvent<Partial<PartSays> | null>): void {
    if (event.origin !== location.origin || !this.#window || event.source !== this.#window) return;
    if (event.data?.[MARK] === 1) this.#take(event.data.push);
  }

  #take(came: unknown): void {
    const { room } = this.#options;
    if (isSubscription(came)) this.#subscribed(came);
    else if (isWithout(came)) room.pushed({ came });
  }

  #subscribed(one: Subscription): void {
    const { room } = this.#options;
    const offer = room.state.view.welcome?.push;
    const held = room.state.push.endpoint;
    // The shop's page tells what it finds; it counts where the shopper once agreed to it.
    if (!offer || !(this.#wanted || held !== null)) return;
    const frame: Subscribe = {
      t: "subscribe",
      endpoint: one.endpoint,
      p256dh: one.p256dh,
      auth: one.auth,
      key: one.key,
      replaces: held !== null && held !== one.endpoint ? held : one.replaces,
      sentence_id: offer.sentence,
    };
    const asked = this.#wanted;
    this.#wanted = false;
    room.pushed({ came: null });
    if (!asked && held === one.endpoint) return;
    if (asked ? room.ask(frame) : room.say(frame)) this.#keep(one.endpoint);
  }

  #keep(endpoint: string | null): void {
    this.#options.keep.set(this.#name, endpoint);
    this.#options.room.pushed({ endpoint });
  }
}

const WITHOUT: readonly unknown[] = ["can", "blocked", "cannot", "failed"] satisfies Without[];

function isWithout(value: unknown): value is Without {
  return WITHOUT.includes(value);
}

/** The shop's page may run anything: its word is taken for its type, and the gateway looks closer. */
function isSubscription(value: unknown): value is Subscription {
  const one = Object(value) as Partial<Subscription>;
  const texts = [one.endpoint, one.p256dh, one.auth, one.key];
  const replaces = one.replaces === null || typeof one.replaces === "string";
  return replaces && texts.every((text) => typeof text === "string");
}
