/**
 * One socket that is kept alive: tickets, heartbeats, back-off with full jitter, drain.
 *
 * It knows nothing of conversations. Whoever holds the log gives the first frame (`hello`, with
 * the cursor to resume from) and is handed every frame that arrives.
 */

/** The part of a browser's WebSocket that is used. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** What the outside world provides; tests give their own, so that none of them sleeps. */
export interface World {
  WebSocket: new (url: string) => Socket;
  /** Milliseconds; only differences are used. */
  now(): number;
  setTimeout(task: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  /** At least 0, below 1. */
  random(): number;
}

export type ConnectionState =
  | { readonly at: "connecting" }
  | { readonly at: "live" }
  /** `until` is on the scale of `World.now`; `failures` in a row, this one among them. */
  | { readonly at: "waiting"; readonly until: number; readonly failures: number }
  /** `why` is null when we stopped ourselves, else what the gateway answered. */
  | { readonly at: "stopped"; readonly why: string | null };

export interface ConnectionOptions<Says, Hears> {
  url: string;
  /** A fresh one-time ticket; raise `Refused` when asking again cannot help. */
  ticket(): Promise<string>;
  /** The first frame; called anew for every socket, so it carries the newest cursor. */
  hello(ticket: string): Says;
  /** Every frame but `ping`, `drain`, in the order of arrival; `welcome` is the first. */
  heard(frame: Hears): void;
  /** What the gateway's clock says, told with every `ping`. */
  ticked?(at: number): void;
  /** After every change of state. After `live` the unacknowledged is to be sent again. */
  changed?(state: ConnectionState): void;
  world?: World;
}

/** Raised by `ticket()`: the gateway said no for good, so nothing is tried again. */
export class Refused extends Error {}

const FIRST_MS = 250;
const CAP_MS = 15_000;
/** Ticket, upgrade and welcome together may take this long. */
const PATIENCE_MS = 10_000;
/** A socket that lived shorter does not reset the back-off, or a refusing server is hammered. */
const PROVEN_MS = 5_000;
const DEFAULT_HEARTBEAT_MS = 20_000;
const MISSED_BEATS = 2.5;

/** The world as it is. */
export function browser(): World {
  return {
    WebSocket: WebSocket as unknown as World["WebSocket"],
    now: () => performance.now(),
    setTimeout: (task, ms) => setTimeout(task, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    random: () => Math.random(),
  };
}

interface Incoming {
  t: string;
  n?: number;
  at?: number;
  after_ms?: number;
  heartbeat_ms?: number;
}

export class Connection<Says, Hears extends { t: string }> {
  #options: ConnectionOptions<Says, Hears>;
  #world: World;
  #state: ConnectionState = { at: "stopped", why: null };
  #socket: Socket | null = null;
  /** Grows with every attempt; a callback of an older one finds a different number and is void. */
  #attempt = 0;
  #failures = 0;
  #liveSince = 0;
  #heardAt = 0;
  #heartbeat = DEFAULT_HEARTBEAT_MS;
  #drainUntil = 0;
  #retry: unknown = null;
  #watch: unknown = null;

  constructor(options: ConnectionOptions<Says, Hears>) {
    this.#options = options;
    this.#world = options.world ?? browser();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Begin; does nothing unless stopped. */
  start(): void {
    if (this.#state.at !== "stopped") return;
    this.#failures = 0;
    this.#drainUntil = 0;
    this.#connect();
  }

  /** End for good, or until `start`. */
  stop(): void {
    this.#end(null);
  }

  /** Say it now; false when there is no live socket, and then nothing was sent. */
  send(frame: Says): boolean {
    if (this.#state.at !== "live" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Drop the socket and resume on another: the log has a gap. Backs off like any failure. */
  resume(): void {
    if (this.#state.at === "connecting" || this.#state.at === "live") this.#again();
  }

  /** The network or the page is back: do not sit out a wait, and do not trust an old silence. */
  wake(): void {
    if (this.#state.at === "waiting") this.#connect();
    else if (this.#state.at === "live" && this.#silence() > this.#heartbeat * MISSED_BEATS) {
      this.#again();
    }
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#options.changed?.(state);
  }

  #connect(): void {
    this.#leave();
    const attempt = this.#attempt;
    this.#drainUntil = 0;
    this.#watch = this.#world.setTimeout(() => this.#again(), PATIENCE_MS);
    this.#become({ at: "connecting" });
    // `changed` may have stopped us.
    if (attempt !== this.#attempt) return;
    this.#options.ticket().then(
      (ticket) => {
        if (attempt === this.#attempt) this.#open(ticket, attempt);
      },
      (error: unknown) => {
        if (attempt !== this.#attempt) return;
        if (error instanceof Refused) this.#end(error.message);
        else this.#again();
      },
    );
  }

  #open(ticket: string, attempt: number): void {
    let socket: Socket;
    try {
      socket = new this.#world.WebSocket(this.#options.url);
    } catch {
      // A shop's or a browser's policy may forbid the socket; waiting is all that is left.
      this.#again();
      return;
    }
    this.#socket = socket;
    const mine = (act: () => void) => () => {
      if (attempt === this.#attempt) act();
    };
    socket.onopen = mine(() => socket.send(JSON.stringify(this.#options.hello(ticket))));
    socket.onclose = mine(() => this.#again());
    socket.onerror = mine(() => this.#again());
    socket.onmessage = (event) => {
      if (attempt === this.#attempt) this.#take(String(event.data));
    };
  }

  #take(text: string): void {
    let frame: Incoming;
    try {
      frame = JSON.parse(text) as Incoming;
    } catch {
      // Not our wire: something between us and the gateway speaks. Another socket may fare better.
      this.#again();
      return;
    }
    this.#heardAt = this.#world.now();
    if (frame.t === "ping") {
      this.#socket?.send(JSON.stringify({ t: "pong", n: frame.n }));
      if (frame.at !== undefined) this.#options.ticked?.(frame.at);
      return;
    }
    if (frame.t === "drain") {
      this.#drain(frame.after_ms ?? 0);
      return;
    }
    const first = frame.t === "welcome" && this.#state.at === "connecting";
    if (first) this.#lives(frame.heartbeat_ms);
    this.#options.heard(frame as unknown as Hears);
    // After `heard`, so that whoever re-sends on `live` already knows what the welcome says.
    if (first && this.#state.at === "live") this.#options.changed?.(this.#state);
  }

  #lives(heartbeat: number | undefined): void {
    this.#heartbeat = heartbeat || DEFAULT_HEARTBEAT_MS;
    this.#liveSince = this.#world.now();
    this.#state = { at: "live" };
    this.#listen();
  }

  #silence(): number {
    return this.#world.now() - this.#heardAt;
  }

  #listen(): void {
    this.#world.clearTimeout(this.#watch);
    const left = this.#heartbeat * MISSED_BEATS - this.#silence();
    if (left <= 0) this.#again();
    else this.#watch = this.#world.setTimeout(() => this.#listen(), left);
  }

  /** Move to another node at a moment of our own, so that not all of its clients move at once. */
  #drain(after: number): void {
    const wait = after * (0.5 + this.#world.random());
    this.#drainUntil = this.#world.now() + wait;
    this.#world.clearTimeout(this.#retry);
    this.#retry = this.#world.setTimeout(() => this.#connect(), wait);
  }

  #again(): void {
    const now = this.#world.now();
    if (this.#state.at === "live" && now - this.#liveSince >= PROVEN_MS) this.#failures = 0;
    const ceiling = Math.min(CAP_MS, FIRST_MS * 2 ** this.#failures);
    const drain = this.#drainUntil;
    this.#failures += 1;
    this.#leave();
    const until = Math.max(now + this.#world.random() * ceiling, drain);
    this.#retry = this.#world.setTimeout(() => this.#connect(), until - now);
    this.#become({ at: "waiting", until, failures: this.#failures });
  }

  #end(why: string | null): void {
    this.#leave();
    this.#become({ at: "stopped", why });
  }

  #leave(): void {
    this.#attempt += 1;
    this.#world.clearTimeout(this.#retry);
    this.#world.clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
