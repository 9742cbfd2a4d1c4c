/** Which key means what; pure, so that the help can list it and a test can run through it. */

import type { Key as Word } from "./words";

export type Command =
  | "next"
  | "previous"
  | "open"
  | "answer"
  | "note"
  | "how"
  | "resolve"
  | "assign"
  | "mark"
  | "label"
  | "snooze"
  | "files"
  | "day"
  | "palette"
  | "undo"
  | "find"
  | "help"
  | "leave";

export interface Press {
  readonly key: string;
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly alt: boolean;
  /** Somebody is writing: letters belong to the text. */
  readonly writing: boolean;
  /** A button or link has the focus: Enter belongs to it. */
  readonly control: boolean;
  /** A dialog is open: it has the keyboard. */
  readonly dialog: boolean;
}

const LETTERS: Readonly<Record<string, Command>> = {
  j: "next",
  k: "previous",
  r: "answer",
  n: "note",
  h: "how",
  e: "resolve",
  a: "assign",
  x: "mark",
  l: "label",
  s: "snooze",
  f: "files",
  d: "day",
  z: "undo",
  "/": "find",
  "?": "help",
};

/** What the help lists, in this order. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly word: Word }[] = [
  { keys: ["j"], word: "keys.next" },
  { keys: ["k"], word: "keys.previous" },
  { keys: ["Enter"], word: "keys.open" },
  { keys: ["r"], word: "keys.answer" },
  { keys: ["n"], word: "keys.note" },
  { keys: ["h"], word: "keys.how" },
  { keys: ["e"], word: "keys.resolve" },
  { keys: ["a"], word: "keys.assign" },
  { keys: ["s"], word: "keys.snooze" },
  { keys: ["l"], word: "keys.label" },
  { keys: ["x"], word: "keys.mark" },
  { keys: ["f"], word: "keys.files" },
  { keys: ["d"], word: "keys.day" },
  { keys: ["z"], word: "keys.undo" },
  { keys: ["Ctrl k"], word: "keys.palette" },
  { keys: ["/"], word: "keys.find" },
  { keys: ["Esc"], word: "keys.leave" },
  { keys: ["Enter", "Ctrl Enter"], word: "keys.send" },
  { keys: ["Ctrl Shift Enter"], word: "keys.resolving" },
  { keys: ["Ctrl Alt Enter"], word: "keys.snoozing" },
  { keys: ["Shift Enter"], word: "keys.line" },
  { keys: ["/", "@", ":"], word: "keys.canned" },
  { keys: ["?"], word: "keys.help" },
];

/** The command of a key press, or null when it belongs to the page or the browser. */
export function command(press: Press): Command | null {
  if (press.dialog || press.alt) return null;
  if (press.ctrl || press.meta) return press.key.toLowerCase() === "k" ? "palette" : null;
  if (press.key === "Escape") return "leave";
  if (press.writing) return null;
  if (press.key === "Enter") return press.control ? null : "open";
  return LETTERS[press.key] ?? null;
}

/** Does Enter in the composer send? Not while a word is being composed (IME), nor with Shift. */
export function sends(event: {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !event.isComposing;
}

/** Does it send in a way of its own, whatever is usual: and resolve, or and snooze? */
export function sendsOnce(event: {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  isComposing: boolean;
}): "resolve" | "snooze" | null {
  if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return null;
  if (event.shiftKey === event.altKey) return null;
  return event.shiftKey ? "resolve" : "snooze";
}

/** Reads the facts off a real key press. */
export function pressed(event: KeyboardEvent): Press {
  const target = event.target instanceof Element ? event.target : null;
  return {
    key: event.key,
    ctrl: event.ctrlKey,
    meta: event.metaKey,
    alt: event.altKey,
    writing: target?.matches("input, textarea, select, [contenteditable=true]") ?? false,
    control: target?.closest("a, button, summary, [role=switch]") != null,
    dialog: document.querySelector("dialog[open]") !== null,
  };
}
