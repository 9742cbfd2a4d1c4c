/** The inbox as a pure fold of its pages and rows, and what each view shows of it. */

import type { InboxPage, InboxRow } from "../../../widget/link/protocol.gen";
import { VIEWS, type View } from "../place";

export interface Shelf {
  readonly loaded: boolean;
  /** Rows older than this have not been loaded; null when all have. */
  readonly before: number | null;
}

export interface Book {
  readonly rows: ReadonlyMap<string, InboxRow>;
  readonly shelves: Readonly<Record<View, Shelf>>;
}

export interface Count {
  readonly n: number;
  /** There are more than `n`. */
  readonly more: boolean;
}

const UNREAD_SHELF: Shelf = { loaded: false, before: null };

export const EMPTY_BOOK: Book = {
  rows: new Map(),
  shelves: {
    open: UNREAD_SHELF,
    mine: UNREAD_SHELF,
    unassigned: UNREAD_SHELF,
    resolved: UNREAD_SHELF,
  },
};

export function belongs(row: InboxRow, view: View, me: string): boolean {
  if (view === "resolved") return row.state === "resolved";
  if (row.state !== "open") return false;
  if (view === "mine") return row.assignee_id === me;
  return view === "open" || row.assignee_id === null;
}

/** `fresh`: the first page was asked for, so it replaces what the view held. */
export function takePage(book: Book, frame: InboxPage, fresh: boolean, me: string): Book {
  const rows = new Map(book.rows);
  if (fresh) {
    for (const [id, row] of rows) if (belongs(row, frame.view, me)) rows.delete(id);
  }
  for (const row of frame.rows) rows.set(row.conversation_id, row);
  const shelf = { loaded: true, before: frame.before };
  return { rows, shelves: { ...book.shelves, [frame.view]: shelf } };
}

export function takeRow(book: Book, row: InboxRow): Book {
  return { ...book, rows: new Map(book.rows).set(row.conversation_id, row) };
}

/**
 * Whoever waits for an answer comes first, the longest wait on top; then the rest, newest first.
 *
 * Of rows that a view has not paged to yet, only those who wait are shown: between the others
 * there would be gaps that nobody sees.
 */
export function visible(book: Book, view: View, me: string): InboxRow[] {
  const { before } = book.shelves[view];
  const reached = (row: InboxRow) =>
    before === null || row.last_at >= before || row.waiting_since !== null;
  return [...book.rows.values()]
    .filter((row) => belongs(row, view, me) && reached(row))
    .sort(view === "resolved" ? newestFirst : waitingFirst);
}

function newestFirst(one: InboxRow, other: InboxRow): number {
  return other.last_at - one.last_at || other.number - one.number;
}

function waitingFirst(one: InboxRow, other: InboxRow): number {
  const [a, b] = [one.waiting_since, other.waiting_since];
  if (a !== null && b !== null) return a - b || one.number - other.number;
  if (a !== null || b !== null) return a !== null ? -1 : 1;
  return newestFirst(one, other);
}

/** Null where nobody knows: neither the view nor the whole of the open ones has been loaded. */
export function count(book: Book, view: View, me: string): Count | null {
  if (view === "resolved") return null;
  const own = book.shelves[view];
  const all = book.shelves.open;
  const whole = (own.loaded && own.before === null) || (all.loaded && all.before === null);
  if (!own.loaded && !whole) return null;
  const n = [...book.rows.values()].filter((row) => belongs(row, view, me)).length;
  return { n, more: !whole };
}

export function waiting(book: Book): number {
  let n = 0;
  for (const row of book.rows.values()) {
    if (row.state === "open" && row.waiting_since !== null) n += 1;
  }
  return n;
}

/** Those whose words match; an empty question matches everybody. */
export function found(rows: readonly InboxRow[], question: string): readonly InboxRow[] {
  const wanted = question.trim().toLocaleLowerCase();
  if (!wanted) return rows;
  return rows.filter((row) =>
    `${row.shopper}\n#${row.number}\n${row.preview}`.toLocaleLowerCase().includes(wanted),
  );
}

/** Nothing at all is known of any conversation, in any view that was loaded. */
export function bare(book: Book): boolean {
  return book.rows.size === 0 && VIEWS.some((view) => book.shelves[view].loaded);
}
