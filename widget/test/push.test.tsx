// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import catalogue from "../../gateway/services/words/en.json";
import type { AddressFact, Forms, Welcome } from "../link/protocol.gen";
import { App } from "../panel/App";
import { HouseContext } from "../panel/context";
import { type Keep, keepIn } from "../panel/keep";
import { forming } from "../panel/parts";
import { needsPush } from "../panel/push";
import { Push } from "../panel/pushing";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import more from "../panel/words/parts/en.json";
import { arrives, entry, SYSTEM, VERA, WELCOME } from "./golden";
import { english, FakeWorld, joined, noKeep, noLinks, partsCome } from "./world";

const KEY = `B${"A".repeat(86)}`;
const WORDS = "Acme may notify me in this browser when it has answered.";
const OFFER = { key: KEY, sentence: "push.support.en.1", words: WORDS };
const SUBSCRIPTION = {
  endpoint: "https://push.example/vera",
  p256dh: `B${"B".repeat(86)}`,
  auth: "C".repeat(22),
  key: KEY,
  replaces: null,
};
const BROWSER: AddressFact = {
  address_id: "ad9",
  channel: "push",
  value: "push.example",
  proven: true,
  consented: true,
  stopped: false,
  failed: null,
  failed_at: null,
  proven_at: null,
  code_sent: false,
  sentence: WORDS,
  consented_at: null,
};
const SHUT: Forms = {
  t: "forms",
  before: true,
  offline: true,
  questions: [],
  rating: null,
  transcript: null,
  words: catalogue.forms,
};
const NOTIFICATION = ".way";

let app: HTMLElement;

// They are fetched on demand; here they came at once.
beforeAll(partsCome);

beforeEach(() => {
  app = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, app);
  app.remove();
});

function memory(): Keep {
  return keepIn(() => {
    throw new Error("no storage");
  });
}

interface Setting {
  welcome?: Partial<Welcome>;
  able?: boolean;
  keep?: Keep;
  /** Whether the browser lets a window open. */
  opens?: boolean;
}

/** Vera has asked, and nobody is there. */
async function panel({ welcome = {}, able = true, keep = memory(), opens = true }: Setting = {}) {
  const world = new FakeWorld();
  const told: unknown[] = [];
  const window = {} as Window;
  let windows = 0;
  const room = new Room({
    boot: {
      key: "acme",
      name: "Acme",
      accent: "#2f5d50",
      language: "en",
      greeting: "",
      alone: false,
      origins: [],
      socket: "ws://gateway/ws/shopper",
    },
    ticket: async () => "ticket-0123456789",
    drawer: drawerIn(memory(), "acme"),
    tell: () => undefined,
    unreadWords: String,
    world,
    date: () => 1_000,
    cmid: () => "cmid-vera-1",
    zone: "Europe/Berlin",
  });
  const open = () => {
    windows += 1;
    return opens ? window : null;
  };
  let part: Push | null = null;
  const house = {
    room,
    part: () => part,
    tongue: english,
    name: "Acme",
    greeting: "",
    alone: false,
    key: "acme",
    keep: noKeep,
    links: noLinks,
    join: joined,
  };
  await act(() => {
    render(
      <HouseContext.Provider value={house}>
        <App />
      </HouseContext.Provider>,
      app,
    );
  });
  await act(async () => {
    room.paged({ open: true, kept: false, focus: true, leaving: false, url: "", title: "" });
    await world.pass(0);
    world.socket.open();
    world.socket.hears({ ...WELCOME, staff: [], push: OFFER, ...welcome });
    world.socket.hears(arrives(entry(1, { author: VERA })));
    if (!able || !needsPush(room.state.view)) return;
    const tell = (says: unknown) => told.push(says);
    part = new Push({ room, store: "acme", words: more.notices, keep, open, tell });
    part.begin();
  });
  const says = (came: unknown, origin = location.origin, source: unknown = window) =>
    act(() => {
      const event = new MessageEvent("message", { data: { onethread: 1, push: came }, origin });
      Object.defineProperty(event, "source", { value: source });
      dispatchEvent(event);
    });
  const pageSays = (came: unknown) => act(() => part?.heardPage(came));
  const hears = (frame: unknown) => act(() => world.socket.hears(frame));
  const subscribed = () =>
    hears({ t: "addresses", addresses: [BROWSER], preference: [] }) as Promise<void>;
  return { room, world, told, says, pageSays, hears, subscribed, windows: () => windows };
}

const named = (text: string, kind = "button") =>
  [...app.querySelectorAll<HTMLElement>(kind)].find((one) => one.textContent === text);
const picks = () =>
  act(() => {
    const way = [...app.querySelectorAll(NOTIFICATION)].find(
      (one) => one.textContent === "Notification",
    );
    way?.closest("label")?.querySelector("input")?.click();
  });
const presses = () => act(() => named("Notify me of the answer")?.closest("form")?.requestSubmit());
const ways = () => [...app.querySelectorAll(NOTIFICATION)].map((one) => one.textContent);
const problem = () => app.querySelector("[role=alert]")?.textContent ?? null;

test("beside text and mail there is a notification, in the words that are agreed to", async () => {
  await panel();
  expect(ways()).toEqual(["By text", "By e-mail", "Notification"]);
  await picks();
  expect(app.querySelector(".consent")?.textContent).toBe(WORDS);
  expect(app.querySelector("h2")?.textContent).toBe(
    "Nobody is here right now. We can bring you the answer.",
  );
});

test.each([
  ["a store that notifies nobody", { welcome: { push: null } }],
  ["a browser that has no pushes", { able: false }],
])("%s offers none", async (_, setting) => {
  const { told } = await panel(setting);
  expect(ways()).toEqual(["By text", "By e-mail"]);
  expect(told).toEqual([]);
});

test("a store that has nothing but notifications offers them", async () => {
  await panel({ welcome: { sentences: [] } });
  expect(ways()).toEqual([]);
  expect(named("Notify me of the answer")).toBeDefined();
});

test("a click opens the little window, and what it hands over is subscribed", async () => {
  const { world, says, subscribed, windows } = await panel();
  await picks();
  expect(windows()).toBe(0);
  await presses();
  expect(windows()).toBe(1);
  await says(SUBSCRIPTION);
  expect(world.socket.of("subscribe")).toEqual([
    { t: "subscribe", sentence_id: OFFER.sentence, ...SUBSCRIPTION },
  ]);
  await subscribed();
  expect(app.querySelector(".settled")?.textContent).toBe(
    "When you are away, your browser tells you that there is an answer.",
  );
});

test("what is written while the store is shut is sent before the browser is asked", async () => {
  await forming.load();
  const { room, world, hears, windows } = await panel({
    welcome: { expected: { back_at: 1_763_800_000_000, usual_ms: null } },
  });
  await hears(arrives(entry(2, { kind: "event", event: "resolved", author: SYSTEM, body: null })));
  await hears(SHUT);
  await picks();
  await presses();
  expect(problem()).toBe("Please write your question first.");
  expect(windows()).toBe(0);
  await act(() => room.write("And the red one?"));
  await presses();
  expect(world.socket.of("send")).toMatchObject([{ body: "And the red one?" }]);
  expect(windows()).toBe(1);
});

test("nobody but that window is listened to", async () => {
  const { world, says } = await panel();
  await says(SUBSCRIPTION);
  await picks();
  await presses();
  await says(SUBSCRIPTION, "https://evil.example");
  await says(SUBSCRIPTION, location.origin, {});
  for (const came of [null, 5, "granted", { endpoint: 5 }, { ...SUBSCRIPTION, auth: null }, []]) {
    await says(came);
  }
  expect(world.socket.of("subscribe")).toEqual([]);
});

test("where the shop's page can ask, it does, and no window opens", async () => {
  const { told, world, pageSays, windows } = await panel();
  expect(told).toEqual([{ push: { key: KEY, ask: null } }]);
  await pageSays("can");
  await picks();
  await presses();
  expect(told.at(-1)).toEqual({ push: { key: KEY, ask: "now" } });
  expect(windows()).toBe(0);
  await pageSays(SUBSCRIPTION);
  expect(world.socket.of("subscribe")).toHaveLength(1);
});

test("a shop's page that fails leaves the little window", async () => {
  const { pageSays, windows } = await panel();
  await pageSays("can");
  await picks();
  await presses();
  await pageSays("failed");
  expect(problem()).toBe("That did not work. Please try again.");
  await presses();
  expect(windows()).toBe(1);
});

test("who says no is told how to allow it, and not asked again", async () => {
  const { room, says } = await panel();
  await picks();
  await presses();
  await says("blocked");
  expect(problem()).toMatch(/^This browser blocks our notifications\. Open the settings/);
  await act(() => room.showReach(true));
  expect(ways()).toEqual(["By text", "By e-mail"]);
  expect(named("Why no notifications?", "summary")).toBeDefined();
});

test("a browser that refuses the window says that it did not work", async () => {
  await panel({ opens: false });
  await picks();
  await presses();
  expect(problem()).toBe("That did not work. Please try again.");
});

test("a no that the shop's page finds is not talked about until somebody asks", async () => {
  const { pageSays } = await panel();
  await pageSays("blocked");
  expect(ways()).toEqual(["By text", "By e-mail"]);
  expect(app.textContent).not.toMatch(/notification/i);
});

test("what the shop's page finds counts only where the shopper once agreed to it", async () => {
  const { world, pageSays } = await panel();
  await pageSays(SUBSCRIPTION);
  expect(world.socket.of("subscribe")).toEqual([]);
});

test("on a later page a subscription that changed takes the place of the old one", async () => {
  const keep = memory();
  keep.set("onethread:acme:push", SUBSCRIPTION.endpoint);
  const { told, world, pageSays } = await panel({ keep, welcome: { addresses: [BROWSER] } });
  expect(told).toEqual([{ push: { key: KEY, ask: "again" } }]);
  await pageSays(SUBSCRIPTION);
  expect(world.socket.of("subscribe")).toEqual([]);
  const endpoint = "https://push.example/moved";
  await pageSays({ ...SUBSCRIPTION, endpoint });
  expect(world.socket.of("subscribe")).toMatchObject([
    { endpoint, replaces: SUBSCRIPTION.endpoint },
  ]);
  expect(keep.get("onethread:acme:push")).toBe(endpoint);
});

test("later it is one of the answers to where, and can be stopped", async () => {
  const { room, world, says, subscribed } = await panel();
  await picks();
  await presses();
  await says(SUBSCRIPTION);
  await subscribed();
  await act(() => room.showReach(true));
  expect([...app.querySelectorAll(".pick")].map((one) => one.textContent)).toEqual([
    "By notification in your browser",
    "Only in the chat, on this page",
  ]);
  await act(() => named("Stop notifications in this browser")?.click());
  expect(world.socket.of("unsubscribe")).toEqual([
    { t: "unsubscribe", endpoint: SUBSCRIPTION.endpoint },
  ]);
  expect(named("Stop notifications in this browser")).toBeUndefined();
});

test("a gateway that refuses the subscription says why, beside the button", async () => {
  const { says, hears } = await panel();
  await picks();
  await presses();
  await says(SUBSCRIPTION);
  await hears({
    t: "error",
    code: "bad_input",
    message: "this push service is none that we call",
    about: "subscribe",
    cmid: null,
  });
  expect(problem()).toBe("That did not work. Please try again.");
});
