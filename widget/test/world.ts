/** A world for tests: its clock moves when told, its sockets answer when told. */

import type { Socket, World } from "../link/connection";
import { keepIn } from "../panel/keep";
import { filing, offering, reaching, refusing, wording } from "../panel/parts";
import { tongue } from "../panel/words";
import en from "../panel/words/en.json";
import more from "../panel/words/parts/en.json";

export class FakeSocket implements Socket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly said: { t: string; [name: string]: unknown }[] = [];
  closed = false;

  constructor(readonly url: string) {}

  send(text: string): void {
    if (this.closed) throw new Error("sent on a closed socket");
    this.said.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.(undefined as never);
  }

  hears(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  hearsText(text: string): void {
    this.onmessage?.({ data: text });
  }

  drops(): void {
    this.closed = true;
    this.onclose?.(undefined as never);
  }

  /** Frames of one kind, in the order in which they were said. */
  of(t: string): { t: string; [name: string]: unknown }[] {
    return this.said.filter((frame) => frame.t === t);
  }
}

interface Timer {
  at: number;
  task: () => void;
}

export class FakeWorld implements World {
  readonly sockets: FakeSocket[] = [];
  /** What `random` gives next; the last one for ever. */
  luck: number[] = [0.5];
  #now = 1_000;
  #timers = new Set<Timer>();
  WebSocket: World["WebSocket"];

  constructor() {
    const { sockets } = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    };
  }

  now = (): number => this.#now;

  setTimeout = (task: () => void, ms: number): Timer => {
    const timer = { at: this.#now + ms, task };
    this.#timers.add(timer);
    return timer;
  };

  clearTimeout = (timer: unknown): void => {
    this.#timers.delete(timer as Timer);
  };

  random = (): number => (this.luck.length > 1 ? this.luck.shift() : this.luck[0]) ?? 0.5;

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket was opened");
    return last;
  }

  /** Lets time pass while the browser holds every timer back, as it does in background tabs. */
  holdBack(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass, timer by timer, and everything promised in between happen. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** What a framed page has that is refused all storage. */
export const noKeep = keepIn(() => {
  throw new DOMException("storage is refused", "SecurityError");
});

/** The gateway's answer to a panel in whose messages no files are. */
export const noLinks = async () => ({ links: {}, good_for_ms: 600_000 });

/** English, with the words of all parts. */
export const english = tongue("en", { ...en.panel, ...more.parts, refusals: more.refusals });
/** They are here already. */
export const joined = async () => undefined;
/** They are fetched on demand; in tests that are not about that, they came at once. */
export const partsCome = () =>
  Promise.all([reaching, offering, filing, wording, refusing].map((part) => part.load()));
