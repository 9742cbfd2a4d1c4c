// The shop's app on the shopper's phone: its notifications, and a field to answer from one.

import { composer, el, linked, post } from "./dom.js";
import { moment } from "./time.js";

export class App {
  constructor() {
    this.notices = new Map();
    this.list = el("ol");
    this.log = el("div", { class: "texts", role: "log", tabindex: "0", "aria-label": "Notifications of the shop's app" }, this.list);
    this.empty = el(
      "p",
      { class: "empty" },
      "No notifications. At the shop, choose \u201cTell me in the app\u201d once you have opened the chat.",
    );
    this.notice = el("p", { class: "failure", role: "alert", hidden: true });
    this.field = el("textarea", { rows: "1", maxlength: "10000", placeholder: "Answer", "aria-label": "Answer from the app", autocomplete: "off" });
    this.form = el(
      "form",
      { class: "composer" },
      this.field,
      el("button", { type: "submit", class: "send", "aria-label": "Send the answer from the app" }, "\u2191"),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.fit = composer(this.field, this.form);
    const off = el("button", { type: "button", class: "quiet", onclick: () => this.tried(post("/api/app/unlink", {})) }, "Switch off");
    this.node = el(
      "section",
      { class: "phone", "aria-label": "The shop's app" },
      el(
        "div",
        { class: "screen" },
        el("div", { class: "island", "aria-hidden": "true" }),
        el("header", {}, el("h3", {}, "The shop's app"), el("p", { class: "address" }, "on the shopper's phone"), off),
        this.empty,
        this.log,
        this.notice,
        this.form,
      ),
    );
  }

  /** Replace all notifications. */
  load(notices) {
    this.notices = new Map(notices.map((each) => [each.id, each]));
    this.refresh();
  }

  /** Show a notification, or that it was opened. */
  put(notice) {
    this.notices.set(notice.id, notice);
    this.refresh();
  }

  refresh() {
    const all = [...this.notices.values()];
    this.list.replaceChildren(...all.map((each) => this.row(each)));
    this.empty.hidden = all.length > 0;
    this.log.hidden = all.length === 0;
    this.foot();
  }

  row(notice) {
    const open = () => this.tried(post(`/api/app/${encodeURIComponent(notice.id)}/read`, {}));
    return el(
      "li",
      { class: "in", "data-id": notice.id },
      el(
        "div",
        { class: "bubble", dir: "auto" },
        el("strong", {}, notice.title),
        ...(notice.words ? [el("br"), ...linked(notice.words)] : []),
        el("br"),
        el("a", { href: notice.url, target: "_blank", rel: "noopener noreferrer", onclick: open }, "Open the chat"),
      ),
      el("p", { class: "meta" }, moment(notice.at), notice.state === "read" ? " \u00b7 Opened" : ""),
    );
  }

  foot() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  async send() {
    const text = this.field.value;
    if (text.trim() === "") return;
    const last = [...this.notices.keys()].at(-1);
    this.field.value = "";
    this.fit();
    if (!(await this.tried(post("/api/app/answer", { text, id: last })))) {
      this.field.value ||= text;
      this.fit();
    }
  }

  /** Whether it was taken; if not, why is shown. */
  async tried(asked) {
    this.notice.hidden = true;
    try {
      await asked;
      return true;
    } catch (error) {
      this.notice.textContent = error.message;
      this.notice.hidden = false;
      return false;
    }
  }
}
