import "../link/tokens.css";
import "./panel.css";
import "./conversation.css";
import "./composing.css";
import { render } from "preact";
import { browser } from "../link/connection";
import { able } from "../push/subscription";
import { App } from "./App";
import { bell } from "./bell";
import { readBoot } from "./boot";
import { type House, HouseContext } from "./context";
import { Door } from "./door";
import { type Gate, openGate } from "./gate";
import { keepIn, stays } from "./keep";
import { linker } from "./links";
import { paint } from "./paint";
import { needsPush, type PushPart } from "./push";
import { Room } from "./room";
import { drawerIn } from "./saved";
import { warn } from "./warn";
import { tongue, wordsAt } from "./words";
import { zoneOf } from "./zone";

/** By hand: `randomUUID` is missing where the gateway is reached without TLS. */
function cmid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const boot = readBoot(document);
const app = document.getElementById("app") as HTMLElement;
const keep = keepIn(() => localStorage);
const chosen = wordsAt(boot.words);

// Before anything is awaited, or the loader's hello could come too early to be heard.
const gate: Gate = boot.alone
  ? { tell() {} }
  : openGate({
      self: window,
      origins: boot.origins,
      heard: (says) => chosen.then(() => room.paged(says)),
      asked: (wants) => {
        paint(document.documentElement, wants.look.accent ?? boot.accent, wants.look.scheme);
        door.asked(wants);
      },
      pushed: (came) => part?.heardPage(came),
      refused: () =>
        chosen.then(([words]) => {
          render(null, app);
          app.textContent = words.notHere;
          app.className = "alone";
        }),
    });

let part: PushPart | null = null;
// A window and not a tab, where there are windows: it is only for this one question.
const ask = () =>
  open(`/push/${boot.key}?lang=${boot.language}`, "onethread-push", "popup,width=440,height=520");
let unreadWords = (n: number) => `${n}`;
const get: typeof fetch = (url, init) => fetch(url, init);
const door = new Door({
  key: boot.key,
  language: boot.language,
  keep,
  // A page of its own is never without a home for long: its address opens it.
  stays: boot.alone || stays(() => localStorage),
  get,
  tell: (says) => gate.tell(says),
  cmid,
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  room: () => room,
  reload: () => location.reload(),
});
const room = new Room({
  boot,
  ticket: () => door.ticket(),
  drawer: drawerIn(keep, boot.key),
  tell(says) {
    gate.tell(says);
    if (says.kept) door.settle().catch(warn);
  },
  unreadWords: (n) => unreadWords(n),
  world: browser(),
  date: () => Date.now(),
  cmid,
  bell,
  zone: zoneOf(Intl.DateTimeFormat().resolvedOptions().timeZone),
});

const idle = room.watch(() => {
  if (!needsPush(room.state.view) || !able(window)) return;
  idle();
  Promise.all([import("./pushing"), chosen.then(([, join]) => join())]).then(
    ([{ Push }, words]) => {
      const tell: Gate["tell"] = (says) => gate.tell(says);
      const push = new Push({ room, store: boot.key, words, keep, tell, open: ask });
      part = push;
      push.begin();
    },
    // The network failed: on this page notifications are not offered, and all else works.
    warn,
  );
});

paint(document.documentElement, boot.accent);
addEventListener("pagehide", (event) => room.leave(event.persisted));
addEventListener("pageshow", (event) => event.persisted && room.comeBack());
addEventListener("focus", () => room.focused(true));
addEventListener("blur", () => room.focused(false));
addEventListener("online", () => room.networked(true));
addEventListener("offline", () => room.networked(false));
document.addEventListener("visibilitychange", () =>
  room.seeable(document.visibilityState === "visible"),
);
room.seeable(document.visibilityState === "visible");
if (document.hasFocus()) room.focused(true);
if (!navigator.onLine) room.networked(false);

const [words, join] = await chosen;
const language = boot.language.toLowerCase().split(/[-_]/)[0] as string;
const speech = tongue(language, words, boot.language);
unreadWords = (n) => speech.say(words.unread, { n });
document.documentElement.lang = language;
document.documentElement.dir = speech.dir;
if (boot.alone) {
  document.documentElement.className = "whole";
  room.paged({ open: true, kept: true, focus: false, leaving: false, url: "", title: "" });
}
const links = linker(boot.key, keep, get);
const house: House = { ...boot, keep, room, part: () => part, tongue: speech, join, links };
render(
  <HouseContext.Provider value={house}>
    <App />
  </HouseContext.Provider>,
  app,
);
