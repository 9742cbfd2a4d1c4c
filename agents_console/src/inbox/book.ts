/**
 * The inbox as a fold of its pages and rows: a shelf for each view that was looked at, its rows in
 * the gateway's own order, so that what comes live stands where the next page would have it.
 *
 * A shelf may hold a hundred thousand rows: a change finds its place by halves, and nothing sorts.
 */

import type { InboxPage, InboxRow } from "../../../widget/link/protocol.gen";
import type { View } from "../place";
import { fits, fromWire, type Narrow, shelfKey } from "./narrow";

export interface Shelf {
  readonly view: View;
  readonly narrow: Narrow;
  readonly loaded: boolean;
  /** Where the next page begins; null when all is here. */
  readonly after: string | null;
  readonly rows: readonly InboxRow[];
}

export interface Book {
  /** Every row that was ever heard of, the newest word on each; changed in place. */
  readonly rows: Map<string, InboxRow>;
  readonly shelves: ReadonlyMap<string, Shelf>;
}

export function emptyBook(): Book {
  return { rows: new Map(), shelves: new Map() };
}

export function shelfOf(book: Book, view: View, narrow: Narrow): Shelf {
  return (
    book.shelves.get(shelfKey(view, narrow)) ?? {
      view,
      narrow,
      loaded: false,
      after: null,
      rows: [],
    }
  );
}

export function belongs(row: InboxRow, view: View, me: string): boolean {
  // A blocked shopper's stand by themselves, whatever else they are.
  if (row.blocked && view !== "mentions") return view === "blocked";
  const open = row.state === "open";
  switch (view) {
    case "blocked":
      return false;
    case "resolved":
      return !open;
    case "snoozed":
      return open && row.snoozed_until !== null;
    case "unreachable":
      return open && row.unreachable;
    case "mentions":
      return row.mentions.some((each) => each.agent_id === me);
    case "mine":
      return open && row.snoozed_until === null && row.assignee_id === me;
    case "unassigned":
      return open && row.snoozed_until === null && row.assignee_id === null;
    case "open":
      return open && row.snoozed_until === null;
  }
}

/**
 * `fresh`: the first page was asked for, so it replaces what the shelf held. `newer`: what was heard
 * of since it was asked for. Such a row stays as it came: were it the older one after all, another
 * is on its way.
 */
export function takePage(
  book: Book,
  frame: InboxPage,
  fresh: boolean,
  me: string,
  newer: ReadonlySet<string> = new Set(),
): Book {
  const narrow = fromWire(frame);
  const held = shelfOf(book, frame.view, narrow);
  const told = frame.rows.filter((row) => !newer.has(row.conversation_id));
  const added = told.filter((row) => {
    const before = book.rows.get(row.conversation_id);
    return fresh || !before || indexOf(held, before, me) < 0;
  });
  const last = held.rows.at(-1);
  const [first] = added;
  let rows = fresh ? added : [...held.rows, ...added];
  // What came live while the page was on its way may stand after what the page begins with.
  if (!fresh && last && first && compare(last, first, frame.view, me) > 0) {
    rows = [...rows].sort((one, other) => compare(one, other, frame.view, me));
  }
  for (const row of told) book.rows.set(row.conversation_id, row);
  let shelf: Shelf = { view: frame.view, narrow, loaded: true, after: frame.after, rows };
  for (const id of newer) {
    const row = book.rows.get(id);
    if (row) shelf = { ...shelf, rows: placed(shelf, row, row, me) };
  }
  return {
    rows: book.rows,
    shelves: new Map(book.shelves).set(shelfKey(frame.view, narrow), shelf),
  };
}

export function takeRow(book: Book, row: InboxRow, me: string): Book {
  const before = book.rows.get(row.conversation_id);
  book.rows.set(row.conversation_id, row);
  const shelves = new Map(book.shelves);
  for (const [key, shelf] of shelves) {
    const rows = placed(shelf, before, row, me);
    if (rows !== shelf.rows) shelves.set(key, { ...shelf, rows });
  }
  return { rows: book.rows, shelves };
}

/** On a new socket only what is asked for again is known to be so; one shelf may go on being shown. */
export function onlyShelf(book: Book, view: View, narrow: Narrow): Book {
  const key = shelfKey(view, narrow);
  const kept = book.shelves.get(key);
  return { rows: book.rows, shelves: new Map(kept ? [[key, kept]] : []) };
}

function placed(
  shelf: Shelf,
  before: InboxRow | undefined,
  row: InboxRow,
  me: string,
): readonly InboxRow[] {
  const { view, narrow, after } = shelf;
  const was = before ? indexOf(shelf, before, me) : -1;
  const reached = after === null || !isLater(placeIn(row, view, me), after, view);
  const stays = belongs(row, view, me) && fits(row, narrow) && reached;
  if (was < 0 && !stays) return shelf.rows;
  const rows = [...shelf.rows];
  if (was >= 0) rows.splice(was, 1);
  if (stays) rows.splice(firstAfter(rows, row, view, me), 0, row);
  return rows;
}

/** Where a row stands in a view: the gateway's word for it. */
function placeIn(row: InboxRow, view: View, me: string): string {
  if (view !== "mentions") return row.place;
  return row.mentions.find((each) => each.agent_id === me)?.place ?? "";
}

function isLater(one: string, other: string, view: View): boolean {
  return view === "mentions" ? one < other : one > other;
}

function compare(one: InboxRow, other: InboxRow, view: View, me: string): number {
  const [a, b] = [placeIn(one, view, me), placeIn(other, view, me)];
  return a === b ? 0 : isLater(a, b, view) ? 1 : -1;
}

/** The index of the first row that stands after this one. */
function firstAfter(rows: readonly InboxRow[], row: InboxRow, view: View, me: string): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = rows[middle];
    if (other && compare(other, row, view, me) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function indexOf(shelf: Shelf, row: InboxRow, me: string): number {
  const at = firstAfter(shelf.rows, row, shelf.view, me) - 1;
  return shelf.rows[at]?.conversation_id === row.conversation_id ? at : -1;
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
  return book.rows.size === 0 && [...book.shelves.values()].some((shelf) => shelf.loaded);
}
