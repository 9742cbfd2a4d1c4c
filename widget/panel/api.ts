/**
 * Takes what the shop's page called to the gateway: who the shopper is, and what is told of them.
 *
 * Fetched when the first such call comes. The page may run anything: each call is checked here for
 * its shape, and by the gateway for what it says.
 */

import type { PanelSays } from "../loader/bridge";
import type { Keep } from "./keep";
import type { Room } from "./room";
import { poster, sessionIn } from "./session";

// What else the panel does only for the shop's page.
export { Home } from "./home";

export interface CallerOptions {
  key: string;
  keep: Keep;
  get: typeof fetch;
  /** Whose session this is, after it was made when there was none; in turn with all who ask. */
  inSession: <Kind>(work: (shopper: string) => Promise<Kind>) => Promise<Kind>;
  tell: (says: Omit<PanelSays, "onethread">) => void;
  /** Distinguishes what this page tells from what another tells. */
  page: string;
  wait: (ms: number) => Promise<void>;
  /** Where the conversation is. */
  room: () => Pick<Room, "state" | "watch">;
  /** Somebody else is here from now on: forget all that is in memory. */
  afresh: () => Promise<void> | void;
}

interface Call {
  n: number;
  name: string;
  first: unknown;
  second: unknown;
}

interface Identified {
  session: string;
  shopper_id: string;
}

const CALLS = new Set(["identify", "track", "set", "reset"]);
/** The gateway takes no more of one shopper at once. */
const MOST_AT_ONCE = 20;
const TRIES_MS = [2_000, 4_000, 8_000, 16_000, 32_000];

export class Caller {
  #options: CallerOptions;
  #post: ReturnType<typeof poster>;
  #heard = 0;
  #waiting: Call[] = [];
  #busy = false;
  /** A reset was heard: what comes after it is for the panel that comes after this one. */
  #last = false;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.#post = poster(options.get);
  }

  /** What the loader says was called; told again until it is acknowledged. */
  hear(told: readonly unknown[]): void {
    const before = this.#heard;
    for (const each of told) {
      if (this.#last) break;
      const call = read(each);
      if (!call || call.n <= this.#heard) continue;
      this.#heard = call.n;
      this.#last = call.name === "reset";
      this.#waiting.push(call);
    }
    if (this.#heard === before) return;
    this.#options.tell({ heard: this.#heard });
    if (!this.#busy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (next.name === "identify") await this.#identify(next.first);
      else if (next.name === "reset") await this.#reset();
      else await this.#tellAll([next, ...this.#takeTold()]);
    }
    this.#busy = false;
  }

  /** What stands right behind and can go with it. */
  #takeTold(): Call[] {
    const others = this.#waiting.findIndex(({ name }) => name !== "track" && name !== "set");
    const end = others < 0 ? this.#waiting.length : others;
    return this.#waiting.splice(0, Math.min(end, MOST_AT_ONCE - 1));
  }

  async #identify(who: unknown): Promise<void> {
    if (typeof who !== "object" || who === null || Array.isArray(who)) {
      this.#warn("identify takes {token} or what is known of the shopper, such as {name, email}");
      return;
    }
    const said = "token" in who ? { token: who.token } : { claims: who };
    await this.#allIsKept();
    let before = "";
    const answer = await this.#send("identify", (shopper) => {
      before = shopper;
      return said;
    });
    if (!answer) return;
    const { session, shopper_id } = (await answer.json()) as Identified;
    this.#options.keep.set(sessionIn(this.#options.key), session);
    if (shopper_id !== before) await this.#options.afresh();
  }

  /** What was written as whoever they were so far goes out as theirs, or it would be forgotten. */
  #allIsKept(): Promise<void> {
    const room = this.#options.room();
    const onItsWay = () => room.state.view.outbox.some(({ state }) => state === "sending");
    return new Promise((done) => {
      if (!onItsWay()) return done();
      const stop = room.watch(() => {
        if (onItsWay()) return;
        stop();
        done();
      });
    });
  }

  async #tellAll(calls: readonly Call[]): Promise<void> {
    const told = calls.map(({ n, name, first, second }) => {
      const id = `${this.#options.page}-${n}`;
      if (name === "set") return { id, set: first };
      return { id, track: first, ...(second !== undefined && { data: second }) };
    });
    await this.#send("told", () => ({ told }));
  }

  async #reset(): Promise<void> {
    const { key, keep, tell } = this.#options;
    if (!(await this.#send("reset", () => ({})))) return;
    for (const what of ["session", "outbox", "draft"]) keep.set(`onethread:${key}:${what}`, null);
    tell({ kept: false, unread: 0, words: "", handle: null });
    await this.#options.afresh();
  }

  /** The gateway's answer; null when it said no, or cannot be reached for long. */
  async #send(what: string, body: (shopper: string) => object): Promise<Response | null> {
    const { key, keep, inSession, wait } = this.#options;
    for (const ms of [...TRIES_MS, null]) {
      try {
        const answer = await inSession((shopper) =>
          this.#post(`/widget/${what}`, {
            key,
            session: keep.get(sessionIn(key)),
            ...body(shopper),
          }),
        );
        if (answer.ok) return answer;
        if (answer.status < 500 && answer.status !== 429) {
          this.#warn(`${what} was not taken; the chat goes on as it was. ${await reason(answer)}`);
          return null;
        }
      } catch {
        // The network failed: the next try may find it back.
      }
      if (ms !== null) await wait(ms);
    }
    this.#warn(`${what} did not reach the gateway`);
    return null;
  }

  #warn(warn: string): void {
    this.#options.tell({ warn });
  }
}

function read(each: unknown): Call | null {
  if (!Array.isArray(each)) return null;
  const [n, name, first, second] = each as unknown[];
  if (!Number.isSafeInteger(n) || typeof name !== "string" || !CALLS.has(name)) return null;
  return { n: n as number, name, first, second };
}

async function reason(answer: Response): Promise<string> {
  try {
    const { message } = (await answer.json()) as { message?: unknown };
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}
