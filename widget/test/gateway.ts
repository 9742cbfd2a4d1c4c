/** A gateway in a few lines, for one shopper: it keeps a log, answers a hello, and takes messages. */

import type { Cursor, Entry, Say, ShopperHears, Snapshot, Welcome } from "../link/protocol.gen";
import { CONVERSATION, VERA, WELCOME } from "./golden";
import type { FakeSocket, FakeWorld } from "./world";

const EPOCH = WELCOME.epoch;

export class Gateway {
  readonly log: Entry[] = [];
  #seen = { shopper: 0, staff: 0 };
  #addresses: Welcome["addresses"] = [];
  #preference: Welcome["preference"] = [];
  #world: FakeWorld;
  /** How much of what each socket said has been taken. */
  #taken = new Map<FakeSocket, number>();
  /** What is on its way to the panel, in order. */
  readonly wire: ShopperHears[] = [];

  constructor(world: FakeWorld) {
    this.#world = world;
  }

  get last(): number {
    return this.log.at(-1)?.seq ?? 0;
  }

  /** Something happens here; the panel hears of it when the wire is delivered. */
  happens(frame: ShopperHears): void {
    if (frame.t === "entry") {
      this.log.push(frame.entry);
    } else if (frame.t === "seen") {
      this.#seen[frame.side as "shopper" | "staff"] = frame.seq;
    } else if (frame.t === "addresses") {
      this.#addresses = frame.addresses;
      this.#preference = frame.preference;
    }
    this.wire.push(frame);
  }

  /** Opens the newest socket and takes what the panel has said on it. */
  hears(): void {
    const { socket } = this.#world;
    if (socket.closed) return;
    const before = this.#taken.get(socket);
    if (before === undefined) socket.open();
    const from = before ?? 0;
    this.#taken.set(socket, socket.said.length);
    for (const frame of socket.said.slice(from)) {
      if (frame.t === "hello") this.#greet(frame.resume as Cursor | null);
      if (frame.t === "send") this.#takes(frame as unknown as Say);
      if (frame.t === "seen") this.#reads(frame.seq as number);
    }
  }

  /** One frame arrives. */
  deliver(frame: ShopperHears): void {
    if (!this.#world.socket.closed) this.#world.socket.hears(frame);
  }

  /** Everything arrives, and everything that follows from it. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) {
      this.hears();
      for (const frame of this.wire.splice(0)) this.deliver(frame);
      // Long enough for any back-off, short enough that silence is not taken for an end.
      await this.#world.pass(this.#world.socket.closed ? 16_000 : 0);
    }
  }

  /** The connection is gone, and all that was on its way with it. */
  cut(): void {
    this.wire.length = 0;
    if (!this.#world.socket.closed) this.#world.socket.drops();
  }

  #greet(resume: Cursor | null): void {
    const known = this.log.length > 0;
    this.wire.length = 0;
    this.wire.push({
      ...WELCOME,
      conversation_id: known ? CONVERSATION : null,
      addresses: this.#addresses,
      preference: this.#preference,
    });
    if (known) this.wire.push(this.#snapshot(resume));
  }

  #snapshot(resume: Cursor | null): Snapshot {
    const at = this.log.findIndex((one) => one.id === resume?.entry_id);
    const recovered = resume !== null && at >= 0;
    return {
      t: "snapshot",
      conversation: {
        store_id: "st1",
        conversation_id: CONVERSATION,
        number: 1,
        state: "open",
        last_seq: this.last,
        seen_shopper: this.#seen.shopper,
        seen_staff: this.#seen.staff,
        assignee_id: null,
      },
      epoch: EPOCH,
      entries: recovered ? this.log.slice(at + 1) : [...this.log],
      recovered,
      complete: true,
    };
  }

  #takes({ cmid, body }: Say): void {
    const held = this.log.find((one) => one.cmid === cmid);
    const seq = held?.seq ?? this.last + 1;
    const at = 1_763_719_200_000 + seq * 60_000;
    const first = this.log.length === 0;
    const made: Entry = {
      id: `en${seq}`,
      seq,
      prev: this.last,
      at,
      kind: "message",
      author: VERA,
      channel: "chat",
      body,
      event: null,
      data: {},
      cmid,
      original: false,
      automatic: false,
      edited: false,
      taken_back: false,
      attachments: [],
    };
    const entry = held ?? made;
    if (!held) this.log.push(made);
    this.wire.push({
      t: "ack",
      cmid,
      conversation_id: CONVERSATION,
      entry_id: entry.id,
      seq,
      at,
      dup: held !== undefined,
    });
    if (first) this.wire.push(this.#snapshot(null));
    else if (!held) this.wire.push({ t: "entry", conversation_id: CONVERSATION, entry: made });
  }

  #reads(seq: number): void {
    if (seq <= this.#seen.shopper) return;
    this.#seen.shopper = seq;
    this.wire.push({ t: "seen", conversation_id: CONVERSATION, side: "shopper", seq });
  }
}
