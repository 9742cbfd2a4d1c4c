/** The desk at work: its state, its socket, and everything an agent can do. */

import { Connection, type ConnectionState, Refused } from "../../../widget/link/connection";
import { cursor } from "../../../widget/link/log";
import { due } from "../../../widget/link/outbox";
import type { AgentHears, AgentSays } from "../../../widget/link/protocol.gen";
import { type Api, ApiError, type Me } from "../api";
import { staysHere } from "../leaving";
import { fromHash, type Place, toHash, type View } from "../place";
import { newThread, stillTyping, type Thread, TYPING_MS } from "../thread/thread";
import { heardOf } from "../time";
import { type Acts, createActs } from "./acts";
import { hear, put } from "./hear";
import { type Sight, watchSight } from "./sight";
import { createState, type DeskState } from "./state";

/** Conversations whose log is kept, so that going back to one costs a resume and no reload. */
const KEPT_THREADS = 20;
/** Open views are loaded on to so many rows, for whoever waits longest may be far down. */
const AUTOMATIC_ROWS = 200;

export interface Desk extends DeskState, Acts {
  readonly api: Api;
  /** Go somewhere; the address bar follows, so that "back" goes back. */
  go(place: Place): void;
  /** The next page of the present view. */
  older(): void;
  /** Do not sit out the wait for the next attempt to connect. */
  wake(): void;
  stop(): void;
}

export interface DeskOptions {
  readonly api: Api;
  readonly me: Me["agent"];
  readonly socketUrl: string;
  /** The session has ended on the gateway's side. */
  onSignedOut(): void;
}

export function createDesk(options: DeskOptions): Desk {
  const state = createState(options.me, fromHash(location.hash));
  const line = new Line(state, options);
  const acts = createActs(state, line);
  const arrive = () => {
    if (!staysHere()) line.arrive(fromHash(location.hash));
  };
  const wake = () => {
    if (!document.hidden) line.connection.wake();
  };
  // What waits to be sent is only in this tab: closing it would lose words.
  const unsent = (event: BeforeUnloadEvent) => {
    if (state.outbox.value.some((letter) => letter.state !== "sent")) event.preventDefault();
  };
  addEventListener("beforeunload", unsent);
  addEventListener("hashchange", arrive);
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  line.arrive(state.place.value);
  line.connection.start();
  return {
    ...state,
    ...acts,
    api: options.api,
    go(place) {
      location.hash = toHash(place);
      line.arrive(place);
    },
    older: () => line.older(),
    wake: () => line.connection.wake(),
    stop() {
      removeEventListener("beforeunload", unsent);
      removeEventListener("hashchange", arrive);
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      line.sight.stop();
      line.connection.stop();
    },
  };
}

/** The socket with what must be said anew on each: the view, the open conversation, the unsent. */
class Line {
  readonly connection: Connection<AgentSays, AgentHears>;
  readonly sight: Sight;
  readonly #state: DeskState;
  /** Pages asked for and not here yet, by view, in order; true for a first page. */
  readonly #asked = new Map<View, boolean[]>();

  constructor(state: DeskState, options: DeskOptions) {
    this.#state = state;
    this.connection = new Connection<AgentSays, AgentHears>({
      url: options.socketUrl,
      ticket: () => ticket(options.api),
      hello: (token) => ({ t: "hello", ticket: token }),
      heard: (frame) => this.#heard(frame),
      ticked: (at) => heardOf(at, true),
      changed: (now) => this.#changed(now, options),
    });
    this.sight = watchSight((tab) => this.send(tab));
  }

  send(frame: AgentSays): boolean {
    return this.connection.send(frame);
  }

  arrive(place: Place): void {
    const before = this.#state.place.value;
    const left = before.open;
    this.#state.place.value = place;
    if (place.view !== before.view) {
      this.#state.question.value = "";
      this.#ask(place.view, null);
    }
    const id = place.open?.conversationId;
    if (left && left.conversationId !== id) {
      const { storeId, conversationId } = left;
      this.send({ t: "close", store_id: storeId, conversation_id: conversationId });
    }
    if (place.open && (left?.conversationId !== id || !this.#state.threads.value.has(id ?? ""))) {
      this.#open(place.open.storeId, place.open.conversationId);
    }
  }

  older(): void {
    const { view } = this.#state.place.value;
    const { before } = this.#state.book.value.shelves[view];
    if (before !== null && !this.#asked.get(view)?.length) this.#ask(view, before);
  }

  #changed(connection: ConnectionState, options: DeskOptions): void {
    this.#state.connection.value = connection;
    if (connection.at === "stopped" && connection.why !== null) options.onSignedOut();
    if (connection.at !== "live") return;
    this.sight.tell();
    this.#asked.clear();
    this.#state.told.clear();
    const { view, open } = this.#state.place.value;
    // The open ones tell all the counts; the view that is looked at is asked for last and stays.
    this.#ask("open", null);
    if (view !== "open") this.#ask(view, null);
    if (open) this.#open(open.storeId, open.conversationId);
    for (const frame of due(this.#state.outbox.value)) this.send(frame);
  }

  #heard(frame: AgentHears): void {
    hear(this.#state, frame, {
      reopen: (thread) => this.#say(thread),
      wasFresh: (view) => this.#asked.get(view)?.shift() ?? true,
      typing: (id) => this.#forget(id),
    });
    if (frame.t === "error" && frame.about === "inbox") this.#asked.clear();
    if (frame.t === "inbox" && frame.before !== null && frame.view !== "resolved") {
      if (this.#state.rows.value.length < AUTOMATIC_ROWS) this.older();
    }
  }

  #ask(view: View, before: number | null): void {
    if (!this.send({ t: "inbox", view, before })) return;
    this.#asked.set(view, [...(this.#asked.get(view) ?? []), before === null]);
  }

  #open(storeId: string, conversationId: string): void {
    const { threads } = this.#state;
    const held = threads.value.get(conversationId) ?? newThread(storeId, conversationId);
    // What was about to happen when this was last looked at may have happened, or been put off.
    const now = { ...held, reach: { shopper: null, staff: null }, route: null };
    const others = [...threads.value].filter(([id]) => id !== conversationId);
    threads.value = new Map([...others.slice(1 - KEPT_THREADS), [conversationId, now]]);
    this.#say(now);
  }

  #say(thread: Thread): void {
    const { storeId, conversationId } = thread;
    const resume = cursor(thread.log);
    const open = { t: "open", store_id: storeId, conversation_id: conversationId, resume } as const;
    put(this.#state, { ...thread, opening: this.send(open), paging: false, typing: [] });
  }

  #forget(conversationId: string): void {
    setTimeout(() => {
      const thread = this.#state.threads.value.get(conversationId);
      const later = thread && stillTyping(thread, Date.now());
      if (later && later !== thread) put(this.#state, later);
    }, TYPING_MS + 50);
  }
}

/** Only an ended session is final; anything else may be better in a moment. */
async function ticket(api: Api): Promise<string> {
  try {
    return await api.ticket();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401)
      throw new Refused(error.message || "401");
    throw error;
  }
}
