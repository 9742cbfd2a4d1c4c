// A browser that lets the store notify it: what it has shown, and a switch to turn it off.

import { el, post } from "./dom.js";
import { moment } from "./time.js";

const STATUS = {
  waiting: "Not shown yet",
  shown: "Shown",
  replaced: "A newer one took its place",
  dropped: "Too late, not shown",
};

export class Browser {
  constructor({ id, heading }) {
    this.id = id;
    this.list = el("ol", { class: "notifications", tabindex: "0", "aria-label": `Notifications of ${heading}` });
    this.empty = el("p", { class: "empty" }, "No notifications yet.");
    this.notice = el("p", { class: "failure", role: "alert", hidden: true });
    this.power = el("button", { type: "button", class: "quiet", onclick: () => this.change({ on: !this.on }) });
    this.leave = el("button", { type: "button", class: "quiet", title: "Take the permission away", onclick: () => this.change({ gone: true }) }, "Take away");
    this.state = el("p", { class: "address", role: "status" });
    this.node = el(
      "section",
      { class: "mailbox browser", "aria-label": heading },
      el("header", {}, el("div", {}, el("h3", {}, heading), this.state), el("div", {}, this.power, this.leave)),
      this.notice,
      this.empty,
      this.list,
    );
  }

  /** Show the browser as it is now. */
  load(told) {
    this.on = told.on;
    this.power.textContent = told.on ? "Turn off" : "Turn on";
    this.power.hidden = this.leave.hidden = told.gone;
    this.state.textContent = told.gone ? "Takes no notifications any more" : told.on ? "On" : "Off";
    const newest = [...told.notifications].reverse();
    this.list.replaceChildren(...newest.map((each) => this.row(each)));
    this.list.hidden = newest.length === 0;
    this.empty.hidden = newest.length > 0;
  }

  row(each) {
    const seen = each.status === "shown";
    return el(
      "li",
      { "data-id": each.id, class: each.status },
      el("p", { class: "subject", dir: "auto" }, seen ? each.title : "Sealed"),
      seen ? el("p", { dir: "auto" }, each.body) : "",
      seen && each.url ? el("p", {}, el("a", { href: each.url, target: "_blank", rel: "noopener noreferrer" }, "Click it")) : "",
      el("p", { class: "meta" }, moment(each.at), ` · ${STATUS[each.status] ?? each.status}`),
    );
  }

  async change(wish) {
    this.notice.hidden = true;
    try {
      this.load(await post(`/api/browsers/${encodeURIComponent(this.id)}`, wish));
    } catch (error) {
      this.notice.textContent = error.message;
      this.notice.hidden = false;
    }
  }
}
