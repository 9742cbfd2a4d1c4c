/** How an answer is sent by habit: and then it is done, or not. Remembered in this browser. */

import { signal } from "@preact/signals";

export type SendMode = "send" | "resolve";

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
    return localStorage.getItem(HOME) === "resolve" ? "resolve" : "send";
  } catch {
    return "send";
  }
}
