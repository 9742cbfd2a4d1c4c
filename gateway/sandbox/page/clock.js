// The clock above the phones: what time it is in the demo, and the ways to move it ahead.

import { el, post } from "./dom.js";
import { present, relabel, setPresent } from "./time.js";

const STEPS = [
  [30, "+30 s"],
  [300, "+5 min"],
  [3600, "+1 h"],
];
const HOURS = [21, 8];
const UNITS = [
  [86_400, "day", "days"],
  [3_600, "hour", "hours"],
  [60, "minute", "minutes"],
  [1, "second", "seconds"],
];

const format = (options) => new Intl.DateTimeFormat("en", options);
const WEEKDAY = format({ weekday: "long" });
const HOUR = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DATE = format({ dateStyle: "full" });
const ZONE = format({}).resolvedOptions().timeZone.replaceAll("_", " ");

export class Clock {
  /** `node` is the section; it stays hidden until the sandbox says that time can be moved. */
  constructor(node) {
    this.node = node;
    this.known = false;
    this.minute = 0;
    this.instants = [];
    this.weekday = el("span", {});
    this.hour = el("strong", {});
    this.second = el("span", { class: "second" });
    this.time = el("time", {}, this.weekday, " ", this.hour, this.second);
    this.ahead = el("span", {});
    this.said = el("p", { class: "said", "aria-live": "polite" });
    this.failure = el("p", { class: "failure", role: "alert", hidden: true });
    this.targets = HOURS.map((_, at) =>
      el("button", { type: "button", onclick: () => this.move({ at: this.instants[at] * 1000 }) }),
    );
    this.node.append(
      el(
        "div",
        {},
        el("p", { class: "present" }, "It is ", this.time, " in the demo"),
        el("p", { class: "ahead" }, this.ahead, " ", el("span", { class: "zone" }, ZONE)),
      ),
      el(
        "div",
        { class: "moves", role: "group", "aria-labelledby": "clock-moves" },
        el("span", { id: "clock-moves" }, "Move ahead"),
        ...STEPS.map(([seconds, words]) =>
          el("button", { type: "button", onclick: () => this.move({ seconds }) }, words),
        ),
        ...this.targets,
        this.minutes(),
      ),
      this.failure,
      this.said,
    );
  }

  minutes() {
    const field = el("input", {
      type: "number",
      id: "clock-minutes",
      min: "1",
      max: String(31 * 24 * 60),
      step: "1",
      value: "15",
      required: true,
      inputmode: "numeric",
    });
    const form = el(
      "form",
      {},
      field,
      el("label", { for: "clock-minutes" }, "min"),
      el("button", { type: "submit" }, "Move"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.move({ seconds: Number(field.value) * 60 });
    });
    return form;
  }

  /** Take over what the sandbox says; `moved` when somebody has just moved it. */
  show({ now, ahead, moves }, moved = false) {
    setPresent(now);
    this.node.hidden = !moves;
    this.ahead.textContent = ahead < 1e6 ? "The real time" : `${span(ahead / 1e6)} ahead of the real time`;
    this.tick();
    this.failure.hidden = true;
    if (moved) this.said.textContent = `Time has moved. It is ${reading(new Date(present()))} in the demo.`;
    if (!this.known) this.run();
    this.known = true;
  }

  run() {
    setTimeout(
      () => {
        this.tick();
        this.run();
      },
      1000 - (present() % 1000),
    );
  }

  tick() {
    const date = new Date(present());
    this.weekday.textContent = WEEKDAY.format(date);
    this.hour.textContent = HOUR.format(date);
    this.second.textContent = `:${String(date.getSeconds()).padStart(2, "0")}`;
    const minute = Math.floor(date / 60_000);
    if (minute === this.minute) return;
    this.minute = minute;
    this.time.title = DATE.format(date);
    this.time.dateTime = date.toISOString();
    // Kept, so that a button does what it says though its hour strikes while it is pressed.
    this.instants = targets();
    this.instants.forEach((instant, at) => {
      const words = named(new Date(instant), date);
      const button = this.targets[at];
      if (button.textContent !== words) button.textContent = words;
    });
    relabel();
  }

  async move(wish) {
    try {
      await post("/api/clock", wish);
    } catch (error) {
      this.failure.textContent = error.message;
      this.failure.hidden = false;
    }
  }
}

/** When it is this hour next, in milliseconds. */
function next(hour) {
  const now = present();
  const found = new Date(now);
  found.setHours(hour, 0, 0, 0);
  if (found <= now) found.setDate(found.getDate() + 1);
  return found.getTime();
}

/** The next of each of these hours, the soonest first. */
function targets() {
  return HOURS.map(next).sort((one, other) => one - other);
}

function named(instant, date) {
  const day = instant.getDate() === date.getDate() ? "today" : "tomorrow";
  return `${day} ${HOUR.format(instant)}`;
}

function reading(date) {
  return `${WEEKDAY.format(date)} ${HOUR.format(date)}`;
}

/** "1 hour 5 minutes": the two largest units. */
function span(seconds) {
  const parts = [];
  let left = Math.round(seconds);
  for (const [size, one, many] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count) parts.push(`${count} ${count === 1 ? one : many}`);
  }
  return parts.slice(0, 2).join(" ");
}
