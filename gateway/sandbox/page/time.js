// The page's one notion of "now": the demo's time, which may run ahead of this machine's.

import { el } from "./dom.js";

let skew = 0;

/** The present in milliseconds since 1970, as the demo sees it. */
export function present() {
  return Date.now() + skew;
}

/** Take over what the sandbox says the time is, in microseconds, and write every label anew. */
export function setPresent(now) {
  skew = now / 1000 - Date.now();
  relabel();
}

/** A time element: the hour today, else the day; all of it on hover. `at` in microseconds. */
export function moment(at) {
  const date = new Date(at / 1000);
  return el("time", { class: "moment", datetime: date.toISOString(), title: date.toLocaleString() }, label(date));
}

/** What was today yesterday is shown as such. */
export function relabel() {
  for (const node of document.querySelectorAll("time.moment")) {
    const words = label(new Date(node.dateTime));
    if (node.textContent !== words) node.textContent = words;
  }
}

function label(date) {
  const today = date.toDateString() === new Date(present()).toDateString();
  // As on the clock above the phones, whatever the language.
  const form = today ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(undefined, form).format(date);
}
