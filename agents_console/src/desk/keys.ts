/** Carries out what `keyboard.ts` decides. */

import { type Command, command, pressed } from "../keyboard";
import { narrow } from "../screen";
import { openSearch } from "../search/open";
import type { Desk } from "./desk";

/** The ids by which the keyboard finds things on the page. */
export const COMPOSER_ID = "composer";
export const FIND_ID = "find";
export const NOTE_ID = "note-toggle";
export const HOW_ID = "how-this-goes";
export const ASSIGN_ID = "assign";
const THREAD_ID = "thread";

const ROW = "row-";

export function rowId(conversationId: string): string {
  return `${ROW}${conversationId}`;
}

/** The conversation whose row has the focus; none of a hundred thousand is asked for it. */
export function focusedRow(): string | null {
  const id = document.activeElement?.id ?? "";
  return id.startsWith(ROW) ? id.slice(ROW.length) : null;
}

export interface KeyWishes {
  help(): void;
}

export function listenToKeys(desk: Desk, wishes: KeyWishes): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const wanted = command(pressed(event));
    if (wanted && run(desk, wishes, wanted)) event.preventDefault();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

/** False when there was nothing to do, and the key keeps its own meaning. */
function run(desk: Desk, wishes: KeyWishes, wanted: Command): boolean {
  const thread = desk.thread.value;
  switch (wanted) {
    case "next":
      return move(desk, 1);
    case "previous":
      return move(desk, -1);
    case "open":
      return move(desk, 0);
    case "find":
      openSearch(desk);
      return true;
    case "help":
      wishes.help();
      return true;
    case "leave":
      return leave(desk);
    case "answer":
    case "note":
      return thread !== null && write(wanted === "note");
    case "how":
      return press(HOW_ID);
    case "palette":
      desk.palette.value = "anything";
      return true;
    case "mark":
      return mark(desk);
    case "label":
    case "snooze":
      if (desk.chosen().length === 0) return false;
      desk.palette.value = wanted;
      return true;
    case "files":
    case "day":
      if (!thread?.log) return false;
      desk.finding.value = wanted;
      return true;
    case "undo":
      return undo(desk);
    case "resolve":
      if (desk.marked.value.size > 0) {
        const rows = desk.chosen();
        const done = rows.every((row) => row.state === "resolved");
        (done ? desk.reopenThese : desk.resolveThese)(rows);
        return true;
      }
      if (thread) (thread.log?.state === "resolved" ? desk.reopen : desk.resolve)();
      return thread !== null;
    case "assign":
      if (desk.marked.value.size === 0) return press(ASSIGN_ID);
      desk.palette.value = "assign";
      return true;
  }
}

function focus(id: string): boolean {
  const element = document.getElementById(id);
  element?.focus();
  return element !== null;
}

function press(id: string): boolean {
  const element = document.getElementById(id);
  element?.click();
  return element !== null;
}

/** Down or up the list from where the focus is, else from the open conversation, else the first. */
function move(desk: Desk, step: number): boolean {
  const rows = desk.rows.value;
  const placeOf = (id: string) => rows.findIndex((row) => row.conversation_id === id);
  const focused = placeOf(focusedRow() ?? "");
  const at = focused >= 0 ? focused : placeOf(desk.place.value.open?.conversationId ?? "");
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
  const id = rows[next]?.conversation_id;
  if (id === undefined) return false;
  // It may not be drawn yet: the list draws it and puts the focus there.
  desk.cursor.value = "";
  desk.cursor.value = id;
  return true;
}

/** Mark the row that the keyboard is at, else the open conversation's, or mark it no more. */
function mark(desk: Desk): boolean {
  const id = focusedRow() ?? desk.place.value.open?.conversationId;
  if (id === undefined) return false;
  desk.mark(id);
  return true;
}

/** What the line at the foot of the desk offers to undo, for as long as it stands there. */
function undo(desk: Desk): boolean {
  const back = desk.toast.value?.undo;
  if (!back) return false;
  desk.toast.value = null;
  back();
  return true;
}

function write(note: boolean): boolean {
  const toggle = document.getElementById(NOTE_ID);
  if (toggle && (toggle.getAttribute("aria-pressed") === "true") !== note) toggle.click();
  return focus(COMPOSER_ID);
}

/** To the row of what is open, where `j` and `k` go on from; where it is not drawn, the thread. */
function home(desk: Desk): void {
  const ids = desk.rows.value.map((row) => row.conversation_id);
  const open = desk.place.value.open?.conversationId ?? ids[0];
  const listed = open !== undefined && ids.includes(open);
  if (listed && focus(rowId(open))) return;
  focus(THREAD_ID);
  if (listed) desk.cursor.value = open;
}

/** Out of a field first; then, where the thread covers the list, back to the list. */
function leave(desk: Desk): boolean {
  const active = document.activeElement;
  if (active instanceof HTMLElement && active.matches("input, textarea")) {
    if (active.id === FIND_ID) desk.question.value = "";
    active.blur();
    if (active.id === FIND_ID || active.closest(`#${THREAD_ID}`)) home(desk);
    return true;
  }
  if (desk.marked.value.size > 0) {
    desk.marked.value = new Set();
    return true;
  }
  const { open } = desk.place.value;
  if (!open || !narrow.value) return false;
  desk.go({ ...desk.place.value, open: null });
  return true;
}
