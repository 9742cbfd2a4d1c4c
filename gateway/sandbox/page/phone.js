// One phone: its conversations by number, WhatsApp's apart, and a field to write back.

import { composer, el, linked, post } from "./dom.js";
import { moment } from "./time.js";

const STATUS = { sending: "Sending…", failed: "Not delivered", delivered: "Delivered" };
const WHATSAPP = "whatsapp:";

/** A conversation: a number, or a number on WhatsApp. */
const keyOf = (text) => (text.channel === "whatsapp" ? WHATSAPP : "") + text.peer;
const onWhatsapp = (key) => key?.startsWith(WHATSAPP) ?? false;
const numberOf = (key) => (onWhatsapp(key) ? key.slice(WHATSAPP.length) : key);

export class Phone {
  /** `whose` reads "the shopper's phone"; `store` is whom it texts when nobody texted it yet. */
  constructor({ number, title, heading = title, whose, store }) {
    this.number = number;
    this.store = store;
    this.texts = new Map();
    this.rows = new Map();
    this.peer = null;
    this.unread = new Set();
    this.peers = el("div", { class: "peers", role: "group", "aria-label": `Numbers on ${whose}` });
    this.list = el("ol");
    this.log = el("div", { class: "texts", role: "log", tabindex: "0", "aria-label": `Texts on ${whose}` }, this.list);
    this.empty = el("p", { class: "empty" }, "No texts yet. Write one, or wait for the store.");
    this.notice = el("p", { class: "failure", role: "alert", hidden: true });
    this.field = el("textarea", {
      rows: "1",
      maxlength: "1600",
      placeholder: "Text message",
      "aria-label": `Text message from ${whose}`,
      autocomplete: "off",
    });
    const button = el(
      "button",
      { type: "submit", class: "send", "aria-label": `Send text from ${whose}` },
      arrow(),
    );
    this.picked = [];
    this.file = el("input", {
      type: "file",
      accept: "image/*",
      multiple: true,
      hidden: true,
      onchange: () => this.pick(),
    });
    this.attach = el(
      "button",
      {
        type: "button",
        class: "attach",
        "aria-label": `Add a picture to the text from ${whose}`,
        onclick: () => this.file.click(),
      },
      drawn("M12 5v14M5 12h14"),
    );
    this.chosen = el("p", { class: "chosen", role: "status", hidden: true });
    this.opened = el(
      "button",
      {
        type: "button",
        class: "opened",
        hidden: true,
        "aria-label": `Mark WhatsApp as read on ${whose}`,
        onclick: () => this.markRead(),
      },
      "Mark as read",
    );
    this.form = el("form", { class: "composer" }, this.attach, this.file, this.field, button);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.fit = composer(this.field, this.form);
    this.node = el(
      "section",
      { class: "phone", "aria-label": title },
      el(
        "div",
        { class: "screen" },
        el("div", { class: "island", "aria-hidden": "true" }),
        el("header", {}, el("h3", {}, heading), el("p", { class: "address" }, number)),
        this.peers,
        this.empty,
        this.log,
        this.opened,
        this.notice,
        this.chosen,
        this.form,
      ),
    );
  }

  /** Replace all texts. */
  load(texts) {
    this.texts = new Map(texts.map((text) => [text.sid, text]));
    const peers = this.order();
    this.open(peers.includes(this.peer) ? this.peer : (peers[0] ?? this.store));
  }

  /** Show a text, or its new status. */
  put(text) {
    const known = this.texts.has(text.sid);
    this.texts.set(text.sid, text);
    if (known) {
      this.rows.get(text.sid)?.replaceWith(this.row(text));
      this.offerRead();
      return;
    }
    if (keyOf(text) === this.peer) {
      this.list.append(this.row(text, true));
      this.empty.hidden = true;
      this.log.hidden = false;
      this.offerRead();
      this.foot();
      this.tabs();
    } else if (this.field.value === "") {
      this.open(keyOf(text));
    } else {
      this.unread.add(keyOf(text));
      this.tabs();
    }
  }

  /** Show the texts with one number. */
  open(peer) {
    this.peer = peer;
    this.unread.delete(peer);
    this.rows.clear();
    const own = [...this.texts.values()].filter((text) => keyOf(text) === peer);
    this.list.replaceChildren(...own.map((text) => this.row(text)));
    this.empty.hidden = own.length > 0;
    this.log.hidden = own.length === 0;
    this.field.placeholder = onWhatsapp(peer) ? "WhatsApp" : "Text message";
    this.offerRead();
    this.tabs();
    this.foot();
  }

  /** Conversations, the latest first; the store can be written to from the start. */
  order() {
    const latest = [...this.texts.values()].reverse().map(keyOf);
    return [...new Set([...latest, this.store, WHATSAPP + this.store])];
  }

  name(peer) {
    if (peer === this.store) return "SMS";
    if (peer === WHATSAPP + this.store) return "WhatsApp";
    return onWhatsapp(peer) ? `${numberOf(peer)} WhatsApp` : peer;
  }

  tabs() {
    const buttons = this.order().map((peer) => {
      const fresh = this.unread.has(peer);
      return el(
        "button",
        {
          type: "button",
          "aria-pressed": String(peer === this.peer),
          "aria-label": numberOf(peer) === this.store ? `${this.name(peer)} ${numberOf(peer)}${fresh ? " new" : ""}` : null,
          title: numberOf(peer),
          onclick: () => this.open(peer),
        },
        this.name(peer),
        ...(fresh ? [" ", el("span", { class: "fresh" }, "new")] : []),
      );
    });
    this.peers.replaceChildren(...buttons);
  }

  /** Opening WhatsApp tells the sender; here it takes a press, so that both can be seen. */
  offerRead() {
    this.opened.hidden = ![...this.texts.values()].some(
      (text) =>
        keyOf(text) === this.peer &&
        text.channel === "whatsapp" &&
        text.direction === "in" &&
        text.status === "delivered",
    );
  }

  async markRead() {
    this.notice.hidden = true;
    try {
      await post(`/api/phones/${encodeURIComponent(this.number)}/read`, {});
    } catch (error) {
      this.notice.textContent = error.message;
      this.notice.hidden = false;
    }
  }

  row(text, arriving = false) {
    const row = el(
      "li",
      { class: `${text.direction}${arriving ? " arriving" : ""}`, "data-sid": text.sid },
      el("span", { class: "said" }, text.direction === "in" ? "Received: " : "Sent: "),
      ...text.media.map(([sid, type]) => shown(sid, type, () => this.foot())),
      text.body === "" ? "" : el("div", { class: "bubble", dir: "auto" }, ...linked(text.body)),
      el(
        "p",
        { class: `meta ${text.status}` },
        moment(text.at),
        ...(text.direction === "out" ? [` · ${STATUS[text.status] ?? text.status}`] : []),
        ...(text.status === "read" ? [" · Read"] : []),
      ),
    );
    this.rows.set(text.sid, row);
    return row;
  }

  foot() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** Read what was chosen; it goes along with the next text. */
  async pick() {
    const files = [...this.file.files];
    this.file.value = "";
    this.notice.hidden = true;
    try {
      this.choose([...this.picked, ...(await Promise.all(files.map(encoded)))]);
    } catch {
      this.notice.textContent = "This picture could not be read.";
      this.notice.hidden = false;
    }
  }

  choose(picked) {
    this.picked = picked;
    const count = picked.length;
    this.chosen.hidden = count === 0;
    this.chosen.replaceChildren(
      count === 1 ? "1 picture goes along. " : `${count} pictures go along. `,
      el("button", { type: "button", onclick: () => this.choose([]) }, "Leave out"),
    );
  }

  async send() {
    const body = this.field.value;
    const media = this.picked;
    if (body.trim() === "" && media.length === 0) return;
    this.field.value = "";
    this.choose([]);
    this.fit();
    this.notice.hidden = true;
    try {
      await post(`/api/phones/${encodeURIComponent(this.number)}/send`, {
        to: numberOf(this.peer ?? this.store),
        channel: onWhatsapp(this.peer) ? "whatsapp" : "sms",
        body: body.trim() === "" ? "" : body,
        media,
      });
    } catch (error) {
      this.notice.textContent = error.message;
      this.notice.hidden = false;
      if (this.field.value === "") this.field.value = body;
      if (this.picked.length === 0) this.choose(media);
      this.fit();
    }
  }
}

function shown(sid, type, loaded) {
  const address = `/api/media/${encodeURIComponent(sid)}`;
  if (!type.startsWith("image/")) return el("a", { href: address, class: "bubble" }, type);
  return el("img", { class: "picture", src: address, alt: "Picture", onload: loaded });
}

async function encoded(file) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return { type: file.type, data: url.slice(url.indexOf(",") + 1) };
}

function arrow() {
  return drawn("M12 19V6m-6 6 6-6 6 6");
}

function drawn(line) {
  const space = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(space, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", line);
  icon.append(path);
  return icon;
}
