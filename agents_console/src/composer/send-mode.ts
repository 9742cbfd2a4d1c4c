/** How an answer is sent by habit, and what comes after it. Remembered in this browser. */

import { signal } from "@preact/signals";

const MODES = ["send", "resolve", "snooze"] as const;
/** Nothing comes after it, it ends the conversation, or it lays it aside until a time. */
export type SendMode = (typeof MODES)[number];

const HOME = "onethread.send";

export const sendMode = signal<SendMode>(load());

export function remember(mode: SendMode): void {
  sendMode.value = mode;
  try {
    localStorage.setItem(HOME, mode);
  } catch {
    // Storage is forbidden here: it holds until the page is left.
  }
}

function load(): SendMode {
  try {
    const held = localStorage.getItem(HOME);
    return MODES.find((mode) => mode === held) ?? "send";
  } catch {
    return "send";
  }
}
