/** All that the desk knows, as signals: what reads one is drawn again when it changes. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ConnectionState } from "../../../widget/link/connection";
import type { Outbox } from "../../../widget/link/outbox";
import type { AgentSay, Alert, Colleague, InboxRow } from "../../../widget/link/protocol.gen";
import type { Me } from "../api";
import { type Book, EMPTY_BOOK, visible } from "../inbox/book";
import type { Place } from "../place";
import type { Thread } from "../thread/thread";

export interface Toast {
  readonly words: string;
  readonly undo: (() => void) | null;
}

export interface DeskState {
  readonly me: Me["agent"];
  readonly connection: Signal<ConnectionState>;
  /** False until the first welcome: then "connecting" is no news. */
  readonly greeted: Signal<boolean>;
  readonly epoch: Signal<number>;
  readonly duty: Signal<Colleague["duty"]>;
  readonly colleagues: Signal<readonly Colleague[]>;
  readonly stores: Signal<Readonly<Record<string, string>>>;
  /** What an owner has to mend; other agents are told of none. */
  readonly alerts: Signal<readonly Alert[]>;
  readonly book: Signal<Book>;
  readonly place: Signal<Place>;
  readonly threads: Signal<ReadonlyMap<string, Thread>>;
  readonly outbox: Signal<Outbox<AgentSay>>;
  readonly toast: Signal<Toast | null>;
  /** The words that the list is narrowed by. */
  readonly question: Signal<string>;
  /** The rows of the present view, in order. */
  readonly rows: ReadonlySignal<readonly InboxRow[]>;
  /** The conversation that is open. */
  readonly thread: ReadonlySignal<Thread | null>;
  /** Its row, when it is in the inbox. */
  readonly row: ReadonlySignal<InboxRow | null>;
  /** The last seq that was on screen, by conversation. Nothing is drawn from it. */
  readonly onScreen: Map<string, number>;
  /** The seen marks that this socket's gateway has been told, by conversation. */
  readonly told: Map<string, number>;
}

export function createState(me: Me["agent"], place: Place): DeskState {
  const book = signal(EMPTY_BOOK);
  const where = signal(place);
  const threads = signal<ReadonlyMap<string, Thread>>(new Map());
  const openId = computed(() => where.value.open?.conversationId ?? "");
  return {
    me,
    connection: signal<ConnectionState>({ at: "connecting" }),
    greeted: signal(false),
    epoch: signal(0),
    duty: signal<Colleague["duty"]>("away"),
    colleagues: signal<readonly Colleague[]>([]),
    stores: signal({}),
    alerts: signal<readonly Alert[]>([]),
    book,
    place: where,
    threads,
    outbox: signal<Outbox<AgentSay>>([]),
    toast: signal<Toast | null>(null),
    question: signal(""),
    rows: computed(() => visible(book.value, where.value.view, me.agent_id)),
    thread: computed(() => threads.value.get(openId.value) ?? null),
    row: computed(() => book.value.rows.get(openId.value) ?? null),
    onScreen: new Map(),
    told: new Map(),
  };
}
