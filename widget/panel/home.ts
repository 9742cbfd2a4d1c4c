/**
 * The session's last home, for a frame that can keep nothing: the shop's page keeps a handle.
 *
 * Fetched only where storage is refused. The handle is no session: only the panel can trade it for
 * one, it is another after each use, and the gateway forgets it a day after the last. What a
 * hostile script on the shop's page could do with it: docs/decisions/0023.
 */

import type { PanelSays } from "../loader/bridge";
import type { Keep } from "./keep";
import { poster, sessionIn } from "./session";

interface Answer {
  /** Keep this; null where the cookie stays, and no other home is needed. */
  handle: string | null;
  /** What the handle was good for; null for nothing. */
  session: string | null;
}

export class Home {
  #key: string;
  #keep: Keep;
  #post: ReturnType<typeof poster>;
  #tell: (says: Omit<PanelSays, "onethread">) => void;
  /** The session that the page's handle stands for. */
  #housed: string | null = null;
  #entered = false;

  constructor(
    key: string,
    keep: Keep,
    get: typeof fetch,
    tell: (says: Omit<PanelSays, "onethread">) => void,
  ) {
    this.#key = key;
    this.#keep = keep;
    this.#post = poster(get);
    this.#tell = tell;
  }

  /** Before the first ticket: come back by the handle that the page has kept. */
  async enter(handle: string | null): Promise<void> {
    if (this.#entered) return;
    if (handle) {
      const { session, handle: next } = await this.#ask({ handle });
      if (session) this.#keep.set(sessionIn(this.#key), session);
      this.#housed = session;
      this.#tell({ handle: next });
    }
    this.#entered = true;
  }

  /** There is a conversation to come back to: have the page keep a handle of this session. */
  async settle(): Promise<void> {
    const session = this.#keep.get(sessionIn(this.#key));
    if (!session || session === this.#housed) return;
    this.#housed = session;
    try {
      this.#tell({ handle: (await this.#ask({ session })).handle });
    } catch (why) {
      this.#housed = null;
      throw why;
    }
  }

  async #ask(by: { handle: string } | { session: string }): Promise<Answer> {
    const answer = await this.#post("/widget/handle", { key: this.#key, ...by });
    if (!answer.ok) throw new Error(`no handle: ${answer.status}`);
    return answer.json();
  }
}
