/** The desk at work: its state, its socket, and everything an agent can do. */

import { Connection, type ConnectionState, Refused } from "../../../widget/link/connection";
import { cursor } from "../../../widget/link/log";
import { due } from "../../../widget/link/outbox";
import type { AgentHears, AgentSays, Drafted } from "../../../widget/link/protocol.gen";
import { type Api, ApiError, type Me } from "../api";
import { Asked } from "../inbox/asked";
import { onlyShelf } from "../inbox/book";
import { fromWire, type Narrow, shelfKey, toWire, WHOLE } from "../inbox/narrow";
import { staysHere } from "../leaving";
import { fromHash, type Place, toHash, type View } from "../place";
import { newThread, stillTyping, type Thread, TYPING_MS } from "../thread/thread";
import { heardOf } from "../time";
import { around, mindIdle } from "../together/at-desk";
import { createNotices, type Notices } from "../together/notices";
import { type KeptWishes, keptWishes } from "../together/wishes";
import { type Acts, createActs } from "./acts";
import { hear, put } from "./hear";
import { createMany, type Many } from "./many";
import { stillAside, tellPutAway } from "./put-away";
import { type Sight, watchSight } from "./sight";
import { createState, type DeskState } from "./state";

/** Conversations whose log is kept, so that going back to one costs a resume and no reload. */
const KEPT_THREADS = 20;
/** What the views count is asked for again so long after something changed, and no sooner. */
const COUNT_AFTER_MS = 400;

export interface Desk extends DeskState, Acts, Many {
  readonly api: Api;
  /** What is wanted on this computer besides what is on the screen. */
  readonly wishes: KeptWishes;
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
  /** What this agent has begun to write, on this device or another. */
  onDraft(frame: Drafted): void;
  /** The session has ended on the gateway's side. */
  onSignedOut(): void;
}

export function createDesk(options: DeskOptions): Desk {
  const state = createState(options.me, fromHash(location.hash));
  const wishes = keptWishes(options.me.agent_id);
  const line = new Line(state, options, wishes);
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
  const awake = mindIdle(state, acts, wishes);
  return {
    ...state,
    ...acts,
    ...createMany(state, line),
    api: options.api,
    wishes,
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
      line.notices.stop();
      awake();
      line.connection.stop();
    },
  };
}

/**
 * The least between two pages. Who drags the list to its end again and again could ask for sixty a
 * second, and the gateway ends a socket that says more than a few.
 */
const OLDER_EVERY_MS = 100;

/** The socket with what must be said anew on each: the view, the open conversation, the unsent. */
class Line {
  readonly connection: Connection<AgentSays, AgentHears>;
  readonly sight: Sight;
  readonly notices: Notices;
  readonly #state: DeskState;
  readonly #onDraft: (frame: Drafted) => void;
  readonly #asked = new Asked();
  #olderAt = Number.NEGATIVE_INFINITY;
  #paced: ReturnType<typeof setTimeout> | undefined;
  #counting: ReturnType<typeof setTimeout> | undefined;

  constructor(state: DeskState, options: DeskOptions, wishes: KeptWishes) {
    this.#state = state;
    this.#onDraft = options.onDraft;
    this.connection = new Connection<AgentSays, AgentHears>({
      url: options.socketUrl,
      ticket: () => ticket(options.api),
      hello: (token) => ({ t: "hello", ticket: token }),
      heard: (frame) => this.#heard(frame),
      ticked: (at) => heardOf(at, true),
      changed: (now) => this.#changed(now, options),
    });
    this.sight = watchSight((tab) => this.send(tab));
    this.notices = createNotices({
      agentId: options.me.agent_id,
      wishes,
      around: () => around(state),
      open: (row) => {
        const { view } = state.place.value;
        const open = { storeId: row.store_id, conversationId: row.conversation_id };
        location.hash = toHash({ view, open });
      },
    });
  }

  send(frame: AgentSays): boolean {
    return this.connection.send(frame);
  }

  arrive(place: Place): void {
    const before = this.#state.place.value;
    const left = before.open;
    this.#state.place.value = place;
    const [key, was] = [place, before].map((each) => shelfKey(each.view, each.narrow ?? WHOLE));
    if (key !== was) {
      this.#state.question.value = "";
      this.#state.marked.value = new Set();
      this.#ask(place.view, place.narrow ?? WHOLE, null);
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
    const { view, narrow, after } = this.#state.shelf.value;
    if (after === null || this.#asked.waits(shelfKey(view, narrow))) return;
    const early = this.#olderAt + OLDER_EVERY_MS - performance.now();
    clearTimeout(this.#paced);
    if (early > 0) {
      this.#paced = setTimeout(() => this.older(), early);
      return;
    }
    this.#olderAt = performance.now();
    this.#ask(view, narrow, after);
  }

  #changed(connection: ConnectionState, options: DeskOptions): void {
    this.#state.connection.value = connection;
    if (connection.at === "stopped" && connection.why !== null) options.onSignedOut();
    if (connection.at !== "live") return;
    this.sight.tell();
    this.#asked.clear();
    this.#state.told.clear();
    const { view, narrow = WHOLE, open } = this.#state.place.value;
    this.#state.book.value = onlyShelf(this.#state.book.value, view, narrow);
    this.#ask(view, narrow, null);
    this.send({ t: "counts" });
    if (open) this.#open(open.storeId, open.conversationId);
    this.#state.outbox.value = stillAside(this.#state.outbox.value);
    for (const frame of due(this.#state.outbox.value)) this.send(frame);
  }

  #heard(frame: AgentHears): void {
    if (frame.t === "ack") tellPutAway(this.#state, this, frame);
    hear(this.#state, frame, {
      reopen: (thread) => this.#say(thread),
      asked: (page) => this.#asked.arrived(shelfKey(page.view, fromWire(page))),
      typing: (id) => this.#forget(id),
      drafted: (draft) => this.#onDraft(draft),
      changed: (before, row) => {
        this.#asked.heardOf(row.conversation_id);
        this.notices.changed(before, row);
      },
    });
    if (frame.t === "error" && frame.about === "inbox") this.#asked.clear();
    if (frame.t === "rows") this.#count();
  }

  #ask(view: View, narrow: Narrow, after: string | null): void {
    if (!this.send({ t: "inbox", ...toWire(view, narrow), after })) return;
    this.#asked.add(shelfKey(view, narrow), after === null);
  }

  /** Many rows in a moment are one question. */
  #count(): void {
    this.#counting ??= setTimeout(() => {
      this.#counting = undefined;
      this.send({ t: "counts" });
    }, COUNT_AFTER_MS);
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
    const nobody = { typing: [], looking: [] };
    put(this.#state, { ...thread, ...nobody, opening: this.send(open), paging: false });
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
