// One mailbox: a list of mails, one opened, an answer, a new mail.

import { el, linked, post } from "./dom.js";
import { frame } from "./letter.js";
import { moment } from "./time.js";

const STATUS = { sending: "Sending…", failed: "Not sent", sent: "Sent", received: "" };

export class Mailbox {
  /** `whose` reads "the shopper's mailbox". */
  constructor({ address, title, heading = title, whose }) {
    this.address = address;
    this.whose = whose;
    this.letters = new Map();
    this.seen = new Set();
    this.opened = null;
    this.asHtml = false;
    this.drafts = new Map();
    this.list = el("ul", { class: "letters", "aria-label": `Mail in ${whose}` });
    this.pane = el("div", { class: "pane", hidden: true });
    this.empty = el("p", { class: "empty" }, "No mail yet. What is sent to this address lands here.");
    this.count = el("span", { class: "count" });
    this.write = el("button", { type: "button", class: "quiet", onclick: () => this.compose() }, "Write");
    this.node = el(
      "section",
      { class: "mailbox", "aria-label": title },
      el(
        "header",
        {},
        el("div", {}, el("h3", {}, heading, " ", this.count), el("p", { class: "address" }, address)),
        this.write,
      ),
      this.empty,
      this.list,
      this.pane,
    );
  }

  /** Replace all mails; what was there when the page came counts as read. */
  load(letters) {
    if (this.letters.size === 0) for (const letter of letters) this.seen.add(letter.id);
    this.letters = new Map(letters.map((letter) => [letter.id, letter]));
    this.refresh();
  }

  /** Lay in a mail, or its new status. */
  put(letter) {
    this.letters.set(letter.id, letter);
    this.refresh();
  }

  refresh() {
    const newest = [...this.letters.values()].reverse();
    this.list.replaceChildren(...newest.map((letter) => this.row(letter)));
    const fresh = newest.filter((letter) => this.fresh(letter)).length;
    this.count.textContent = fresh ? `${fresh} new` : "";
    const writing = !this.pane.hidden;
    this.list.hidden = writing || newest.length === 0;
    this.empty.hidden = writing || newest.length > 0;
  }

  fresh(letter) {
    return letter.direction === "in" && !this.seen.has(letter.id);
  }

  row(letter) {
    const inbound = letter.direction === "in";
    const words = (letter.text ?? "").replace(/\s+/g, " ").trim();
    const status = STATUS[letter.status] ?? letter.status;
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: this.fresh(letter) ? "fresh" : null, onclick: () => this.open(letter.id) },
        el(
          "span",
          { class: "who" },
          el("span", { class: "name" }, inbound ? name(letter.from) : `To ${name(letter.to)}`),
          moment(letter.at),
        ),
        el("span", { class: "subject", dir: "auto" }, letter.subject || "No subject"),
        el("span", { class: "snippet", dir: "auto" }, inbound ? words : `${status} · ${words}`),
      ),
    );
  }

  open(id) {
    const letter = this.letters.get(id);
    this.opened = id;
    this.seen.add(id);
    const back = this.back();
    const heading = el("h4", { dir: "auto", tabindex: "-1" }, letter.subject || "No subject");
    const body = el("div", { class: "body" });
    const actions = el("div", { class: "actions" });
    this.show(
      el("div", { class: "bar" }, back, ...(letter.html ? [this.forms(letter, body)] : [])),
      heading,
      el(
        "p",
        { class: "meta" },
        el("span", { class: "name" }, letter.direction === "in" ? letter.from : `To ${letter.to}`),
        moment(letter.at),
      ),
      body,
      ...letter.attachments.map((file) => el("p", { class: "attachment" }, `Attached: ${file}`)),
      actions,
    );
    this.fill(letter, body);
    if (letter.direction === "in") this.offerReply(letter, actions);
    heading.focus({ preventScroll: true });
  }

  forms(letter, body) {
    const choices = [false, true].map((asHtml) => {
      const choose = () => {
        this.asHtml = asHtml;
        choices.forEach((one, at) => one.setAttribute("aria-pressed", String(Boolean(at) === asHtml)));
        this.fill(letter, body);
      };
      const pressed = String(this.asHtml === asHtml);
      const attributes = { type: "button", "aria-pressed": pressed, onclick: choose };
      return el("button", attributes, asHtml ? "HTML" : "Text");
    });
    return el("div", { class: "forms", role: "group", "aria-label": "Show the mail as" }, ...choices);
  }

  fill(letter, body) {
    const html = letter.html && (this.asHtml || letter.text === null);
    body.replaceChildren(html ? frame(letter) : words(letter.text ?? ""));
  }

  offerReply(letter, actions) {
    const draft = this.drafts.get(letter.id);
    const start = () => {
      const field = el(
        "textarea",
        { rows: "4", required: true, "aria-label": `Reply from ${this.whose}`, placeholder: "Your answer" },
      );
      field.value = this.drafts.get(letter.id) ?? "";
      field.addEventListener("input", () => this.drafts.set(letter.id, field.value));
      const path = `/api/mailboxes/${encodeURIComponent(this.address)}/reply`;
      const form = this.form([field], "Send reply", async () => {
        const answer = await post(path, { id: letter.id, text: field.value });
        this.drafts.delete(letter.id);
        return answer;
      });
      actions.replaceChildren(form);
      field.focus({ preventScroll: true });
      // The button below the field must be seen as well.
      this.pane.scrollTop = this.pane.scrollHeight;
    };
    if (draft) start();
    else actions.append(el("button", { type: "button", class: "main", onclick: start }, "Reply"));
  }

  compose() {
    const last = [...this.letters.values()].reverse().find((letter) => letter.direction === "in");
    const to = el("input", { type: "text", inputmode: "email", required: true, autocomplete: "off" });
    to.value = last ? address(last.reply_to ?? last.from) : "";
    const subject = el("input", { type: "text", autocomplete: "off" });
    const text = el("textarea", { rows: "6", required: true, "aria-label": `Mail from ${this.whose}` });
    const path = `/api/mailboxes/${encodeURIComponent(this.address)}/send`;
    const fields = [el("label", {}, "To", to), el("label", {}, "Subject", subject), text];
    const form = this.form(fields, "Send mail", () =>
      post(path, { to: to.value, subject: subject.value, text: text.value }),
    );
    this.opened = null;
    this.show(el("div", { class: "bar" }, this.back()), el("h4", {}, "New mail"), form);
    (to.value ? subject : to).focus();
  }

  form(fields, label, send) {
    const notice = el("p", { class: "failure", role: "alert", hidden: true });
    const button = el("button", { type: "submit", class: "main" }, label);
    const form = el("form", { class: "write" }, ...fields, notice, button);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      notice.hidden = true;
      try {
        const answer = await send();
        if (answer.code === null || answer.code >= 300) {
          throw new Error(`The store's mail server did not take it: ${answer.message}`);
        }
        if (form.isConnected) this.close();
      } catch (error) {
        notice.textContent = error.message;
        notice.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
    return form;
  }

  back() {
    return el("button", { type: "button", class: "quiet", onclick: () => this.close() }, "‹ All mail");
  }

  show(...children) {
    this.pane.replaceChildren(...children);
    this.pane.hidden = false;
    this.write.hidden = true;
    this.refresh();
  }

  close() {
    this.pane.hidden = true;
    this.pane.replaceChildren();
    this.write.hidden = false;
    this.opened = null;
    this.refresh();
    this.list.querySelector("button")?.focus({ preventScroll: true });
  }
}

function words(text) {
  const lines = text.trimEnd().split("\n");
  const block = el("div", { class: "plain", dir: "auto" });
  lines.forEach((line, at) => {
    const parts = [...linked(line), ...(at < lines.length - 1 ? ["\n"] : [])];
    block.append(...(line.startsWith(">") ? [el("span", { class: "quoted" }, ...parts)] : parts));
  });
  return block;
}

function name(header) {
  return header.replace(/\s*<[^>]*>\s*$/, "").replace(/^"(.*)"$/, "$1") || header;
}

function address(header) {
  return /<([^>]*)>\s*$/.exec(header)?.[1] ?? header;
}
