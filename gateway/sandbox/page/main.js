// Loads everything once, then follows the stream of changes.

import { App } from "./app.js";
import { Browser } from "./browser.js";
import { Clock } from "./clock.js";
import { el, post } from "./dom.js";
import { Mailbox } from "./mailbox.js";
import { Phone } from "./phone.js";

const MODES = {
  sms: {
    ok: "arrive",
    slow: "are taken slowly",
    reject: "are refused",
    timeout: "are taken, no answer comes",
    bounce: "do not reach the phone",
    down: "fail: carrier is down",
  },
  mail: {
    ok: "arrives",
    slow: "is taken slowly",
    reject: "is refused",
    timeout: "is taken, no answer comes",
    bounce: "bounces",
    down: "fails: server is down",
  },
  app: {
    ok: "tells",
    slow: "takes slowly",
    reject: "knows no such user",
    timeout: "takes, no answer comes",
    bounce: "takes, and cannot show",
    down: "is down",
  },
  push: {
    ok: "are shown",
    slow: "are taken slowly",
    reject: "are refused: gone",
    timeout: "are taken, no answer comes",
    bounce: "are taken, and not shown",
    down: "fail: service is down",
  },
};

const phones = new Map();
const mailboxes = new Map();
const app = new App();
const browsers = new Map();
const byId = (id) => document.getElementById(id);
const clock = new Clock(byId("clock"));
let state = null;
let loading = Promise.resolve();

function switchesShow(switches) {
  for (const channel of Object.keys(MODES)) {
    const select = byId(`switch-${channel}`);
    select.value = switches[channel];
    select.classList.toggle("off", switches[channel] !== "ok");
  }
}

function switchesBuild() {
  for (const [channel, modes] of Object.entries(MODES)) {
    const select = byId(`switch-${channel}`);
    select.append(...Object.entries(modes).map(([mode, words]) => el("option", { value: mode }, words)));
    select.addEventListener("change", async () => {
      try {
        await post("/api/switches", { [channel]: select.value });
      } catch {
        switchesShow(state.switches);
      }
    });
  }
}

function phone(number, title, whose, heading) {
  const device = new Phone({ number, title, heading, whose, store: state.store_number });
  phones.set(number, device);
  device.load(state.phones[number] ?? []);
  return device;
}

function mailbox(address, title, whose, heading) {
  const key = address.toLowerCase();
  const device = new Mailbox({ address, title, heading, whose });
  mailboxes.set(key, device);
  device.load(state.mailboxes[key] ?? []);
  return device;
}

function browserShow(told) {
  if (!browsers.has(told.id)) {
    const heading = browsers.size === 0 ? "A browser" : `Browser ${browsers.size + 1}`;
    browsers.set(told.id, new Browser({ id: told.id, heading }));
    byId("shopper").append(browsers.get(told.id).node);
  }
  browsers.get(told.id).load(told);
}

function devicesBuild() {
  const { people } = state;
  const pairs = [
    ["shopper", people.shopper_phone, people.shopper_mail],
    ["agent", people.agent_phones[0], people.agent_mails[0]],
  ];
  for (const [who, number, address] of pairs) {
    const title = who === "shopper" ? "Shopper" : "Agent";
    const devices = [
      phone(number, `${title}'s phone`, `the ${who}'s phone`),
      mailbox(address, `${title}'s mailbox`, `the ${who}'s mailbox`),
    ];
    if (who === "shopper") devices.push(app);
    byId(who).replaceChildren(...devices.map((device) => device.node));
    // A log that was filled before it was on the page could not be scrolled to its end.
    devices[0].foot();
  }
}

function othersShow() {
  const closed = [
    ...Object.keys(state.phones)
      .filter((number) => !phones.has(number))
      .map((number) => ({ name: number, count: state.phones[number].length, make: phone, kind: "phone" })),
    ...Object.keys(state.mailboxes)
      .filter((address) => !mailboxes.has(address))
      .map((name) => ({ name, count: state.mailboxes[name].length, make: mailbox, kind: "mailbox" })),
  ];
  const items = closed.map(({ name, count, make, kind }) => {
    const open = () => {
      const heading = kind === "phone" ? "Phone" : "Mailbox";
      const device = make(name, `${heading} of ${name}`, `the ${kind} of ${name}`, heading);
      byId("others-open").append(device.node);
      device.foot?.();
      othersShow();
      device.node.scrollIntoView({ block: "nearest" });
    };
    const words = count === 1 ? "1 message" : `${count} messages`;
    return el(
      "li",
      {},
      el("button", { type: "button", onclick: open }, name, " ", el("span", { class: "count" }, words)),
    );
  });
  byId("others-list").replaceChildren(...items);
  byId("others").hidden = items.length === 0 && byId("others-open").childElementCount === 0;
}

async function load() {
  state = await (await fetch("/api/state")).json();
  // First, since every label on the phones goes by it.
  clock.show(state.clock);
  if (phones.size === 0) devicesBuild();
  else {
    for (const [number, device] of phones) device.load(state.phones[number] ?? []);
    for (const [address, device] of mailboxes) device.load(state.mailboxes[address] ?? []);
  }
  app.load(state.notices);
  for (const told of state.browsers) browserShow(told);
  byId("shop").href = state.storefront_url;
  switchesShow(state.switches);
  othersShow();
  byId("live").textContent = "Live";
}

function upsert(list, item, key) {
  const at = list.findIndex((one) => one[key] === item[key]);
  if (at < 0) list.push(item);
  else list[at] = item;
}

function apply(change) {
  if (change.kind === "clock") {
    clock.show(change.clock, true);
  } else if (change.kind === "switches") {
    state.switches = change.switches;
    switchesShow(change.switches);
  } else if (change.kind === "text") {
    upsert((state.phones[change.number] ??= []), change.text, "sid");
    phones.get(change.number)?.put(change.text);
  } else if (change.kind === "notice") {
    app.put(change.notice);
  } else if (change.kind === "browser") {
    browserShow(change.browser);
  } else if (change.kind === "letter") {
    upsert((state.mailboxes[change.address] ??= []), change.letter, "id");
    mailboxes.get(change.address)?.put(change.letter);
  }
  othersShow();
}

function follow() {
  const stream = new EventSource("/api/events");
  // The stream begins before the state is read, so nothing falls between them.
  stream.addEventListener("hello", () => {
    loading = load().catch(() => {
      byId("live").textContent = "Could not load. Reload the page.";
    });
  });
  stream.addEventListener("change", (event) => {
    loading = loading.then(() => apply(JSON.parse(event.data)));
  });
  stream.addEventListener("error", () => {
    byId("live").textContent = "Connection lost. Trying again…";
  });
}

switchesBuild();
follow();
