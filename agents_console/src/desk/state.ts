/** All that the desk knows, as signals: what reads one is drawn again when it changes. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ConnectionState } from "../../../widget/link/connection";
import type { Outbox } from "../../../widget/link/outbox";
import type {
  AgentSay,
  Alert,
  Colleague,
  Counts,
  InboxRow,
  LabelFact,
  Mentioned,
} from "../../../widget/link/protocol.gen";
import type { Me } from "../api";
import { type Book, emptyBook, found, type Shelf, shelfOf } from "../inbox/book";
import { WHOLE } from "../inbox/narrow";
import { goOn, type Still, still } from "../inbox/order";
import type { Place } from "../place";
import type { Thread } from "../thread/thread";

export interface Toast {
  readonly words: string;
  readonly undo: (() => void) | null;
  /** Until somebody has seen it: nobody was there when it was said. */
  readonly stays?: boolean;
}

/** Anything at all, or one thing to be done with what is marked, else with what is open. */
export type PaletteFor = "anything" | "assign" | "label" | "snooze" | "narrow" | "labels";

/** Merge the shopper with somebody (`with`: already chosen), take a merge back, or block them. */
export type Deciding =
  | { readonly what: "merge"; readonly with?: string }
  | { readonly what: "part"; readonly storeId: string; readonly mergeId: string }
  | { readonly what: "block" | "unblock" };

export type Standing = Pick<Colleague, "duty" | "until" | "by_schedule">;

export interface DeskState {
  readonly me: Me["agent"];
  readonly connection: Signal<ConnectionState>;
  /** False until the first welcome: then "connecting" is no news. */
  readonly greeted: Signal<boolean>;
  readonly epoch: Signal<number>;
  /** Whether work comes to us, and until when that holds. */
  readonly standing: Signal<Standing>;
  /** Ourselves as colleagues see us; null until the first welcome. */
  readonly self: Signal<Colleague | null>;
  readonly colleagues: Signal<readonly Colleague[]>;
  readonly stores: Signal<Readonly<Record<string, string>>>;
  /** What an owner has to mend; other agents are told of none. */
  readonly alerts: Signal<readonly Alert[]>;
  readonly book: Signal<Book>;
  readonly place: Signal<Place>;
  readonly threads: Signal<ReadonlyMap<string, Thread>>;
  readonly outbox: Signal<Outbox<AgentSay>>;
  readonly toast: Signal<Toast | null>;
  /** The last time that somebody named us, or that a message of ours for later was held. */
  readonly mentioned: Signal<Mentioned | null>;
  /** The words that the list is narrowed by. */
  readonly question: Signal<string>;
  /** How many each view has; null until the gateway has said so. */
  readonly counts: Signal<Counts | null>;
  readonly labels: Signal<readonly LabelFact[]>;
  /** The ids of the conversations that are marked for what is done next. */
  readonly marked: Signal<ReadonlySet<string>>;
  /** The row that the keyboard is at, which stays drawn wherever the list is scrolled to. */
  readonly cursor: Signal<string>;
  /** Somebody points at the list, so its rows stay where they are. */
  readonly held: Signal<boolean>;
  /** What the palette is asked for; null while it is not there. */
  readonly palette: Signal<PaletteFor | null>;
  /** How one looks for something in the open conversation; null while one does not. */
  readonly finding: Signal<"files" | "day" | null>;
  /** What is being done about the shopper of the open conversation; null while nothing is. */
  readonly deciding: Signal<Deciding | null>;
  /** The present view. */
  readonly shelf: ReadonlySignal<Shelf>;
  /** Its rows, in order, and of those the ones that match what is looked for. */
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
  const book = signal(emptyBook());
  const where = signal(place);
  const threads = signal<ReadonlyMap<string, Thread>>(new Map());
  const openId = computed(() => where.value.open?.conversationId ?? "");
  const [question, held] = [signal(""), signal(false)];
  const shelf = computed(() => {
    const { view, narrow } = where.value;
    return shelfOf(book.value, view, narrow ?? WHOLE);
  });
  return {
    me,
    connection: signal<ConnectionState>({ at: "connecting" }),
    greeted: signal(false),
    epoch: signal(0),
    standing: signal<Standing>({ duty: "away", until: null, by_schedule: false }),
    self: signal<Colleague | null>(null),
    colleagues: signal<readonly Colleague[]>([]),
    stores: signal({}),
    alerts: signal<readonly Alert[]>([]),
    book,
    place: where,
    threads,
    outbox: signal<Outbox<AgentSay>>([]),
    toast: signal<Toast | null>(null),
    mentioned: signal<Mentioned | null>(null),
    question,
    counts: signal<Counts | null>(null),
    labels: signal<readonly LabelFact[]>([]),
    marked: signal<ReadonlySet<string>>(new Set()),
    cursor: signal(""),
    held,
    palette: signal<PaletteFor | null>(null),
    finding: signal<"files" | "day" | null>(null),
    deciding: signal<Deciding | null>(null),
    shelf,
    rows: rowsOf(shelf, question, held),
    thread: computed(() => threads.value.get(openId.value) ?? null),
    row: computed(() => book.value.rows.get(openId.value) ?? null),
    onScreen: new Map(),
    told: new Map(),
  };
}

function rowsOf(
  shelf: ReadonlySignal<Shelf>,
  question: ReadonlySignal<string>,
  held: ReadonlySignal<boolean>,
): ReadonlySignal<readonly InboxRow[]> {
  let shown: readonly InboxRow[] = [];
  let standing: Still | null = null;
  let of = "";
  return computed(() => {
    const { view, narrow, rows } = shelf.value;
    const wanted = found(rows, question.value);
    const same = JSON.stringify([view, narrow, question.value]);
    const stands = held.value && same === of && shown.length > 0;
    standing = stands ? goOn(standing ?? still(shown), wanted) : null;
    shown = standing?.rows ?? wanted;
    of = same;
    return shown;
  });
}
