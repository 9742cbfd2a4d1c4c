// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { AddressFact, Welcome } from "../link/protocol.gen";
import { App } from "../panel/App";
import { HouseContext } from "../panel/context";
import { keepIn } from "../panel/keep";
import { Room } from "../panel/room";
import { drawerIn } from "../panel/saved";
import { zoneOf } from "../panel/zone";
import { arrives, entry, leaves, VERA, WELCOME } from "./golden";
import { english, FakeWorld, joined, noKeep, noLinks, partsCome } from "./world";

const NUMBER: AddressFact = {
  address_id: "ad1",
  channel: "sms",
  value: "••• 42",
  proven: true,
  consented: true,
  stopped: false,
  failed: null,
  failed_at: null,
  proven_at: null,
  code_sent: false,
  sentence: null,
  consented_at: null,
};
const MAILBOX: AddressFact = {
  ...NUMBER,
  address_id: "ad2",
  channel: "email",
  value: "v•••@shopper.example",
};
const TEXT = "By text to ••• 42";
const MAIL = "By e-mail to v•••@shopper.example";
const CHAT = "Only in the chat, on this page";

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

async function sheet(part: Partial<Welcome>) {
  const world = new FakeWorld();
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
    drawer: drawerIn(
      keepIn(() => {
        throw new Error("no storage");
      }),
      "acme",
    ),
    tell: () => undefined,
    unreadWords: String,
    world,
    date: () => 1_000,
    cmid: () => "cmid-vera-1",
    zone: "Europe/Berlin",
  });
  const house = {
    room,
    tongue: english,
    name: "Acme",
    greeting: "",
    alone: false,
    key: "acme",
    keep: noKeep,
    links: noLinks,
    join: joined,
    part: () => null,
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
    world.socket.hears({ ...WELCOME, ...part });
    world.socket.hears(arrives(entry(1, { author: VERA })));
    room.showReach(true);
  });
  const hears = (frame: unknown) => act(() => world.socket.hears(frame));
  return { room, world, hears };
}

function ways(): Map<string, HTMLInputElement> {
  const labels = [...app.querySelectorAll<HTMLLabelElement>(".pick")];
  return new Map(
    labels.map((label) => [label.textContent ?? "", label.querySelector("input") as never]),
  );
}

const picks = (label: string) => act(() => ways().get(label)?.click());
const saves = () =>
  act(() => {
    const form = app.querySelector(".picks")?.closest("form");
    form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
const status = () => app.querySelector("[role=status]")?.textContent;
const marked = () => [...ways()].filter(([, input]) => input.checked).map(([label]) => label);

test("without an address there is nothing to choose", async () => {
  await sheet({ addresses: [] });
  expect(app.querySelector(".picks")).toBeNull();
});

test("each way that can be used is offered, and the chat; none is chosen for Vera", async () => {
  await sheet({ addresses: [NUMBER, MAILBOX, { ...MAILBOX, address_id: "ad3", stopped: true }] });
  expect([...ways().keys()]).toEqual([TEXT, MAIL, CHAT]);
  expect(marked()).toEqual([]);
  expect(app.querySelector(".picks legend")?.textContent).toBe("Where shall we answer?");
});

test("only what works is offered", async () => {
  await sheet({ addresses: [{ ...NUMBER, failed: "no such number" }, MAILBOX] });
  expect([...ways().keys()]).toEqual([MAIL, CHAT]);
});

test("Vera picks, saves, and is told; picking alone says nothing to anybody", async () => {
  const { world, hears } = await sheet({ addresses: [NUMBER, MAILBOX] });
  await picks(CHAT);
  await picks(MAIL);
  expect(world.socket.of("prefer")).toEqual([]);
  await saves();
  expect(world.socket.of("prefer")).toEqual([{ t: "prefer", channels: ["email"] }]);
  expect(status()).toBe("");
  await saves();
  expect(world.socket.of("prefer")).toHaveLength(1);
  await hears({ t: "addresses", addresses: [NUMBER, MAILBOX], preference: ["email"] });
  expect(status()).toBe("Saved. We try an e-mail first.");
  expect(marked()).toEqual([MAIL]);
});

test("what was chosen before is marked, and can be changed", async () => {
  const { world, hears } = await sheet({ addresses: [NUMBER, MAILBOX], preference: ["email"] });
  expect(marked()).toEqual([MAIL]);
  await picks(CHAT);
  expect(marked()).toEqual([CHAT]);
  await saves();
  await hears({ t: "addresses", addresses: [NUMBER, MAILBOX], preference: ["chat"] });
  expect(world.socket.of("prefer")).toEqual([{ t: "prefer", channels: ["chat"] }]);
  expect(status()).toBe("Saved. Your answers wait for you here.");
});

test("once it is chosen, the choice alone says what happens; what fails is told all the same", async () => {
  const failed = { ...MAILBOX, address_id: "ad3", failed: "the mailbox is full" };
  const { hears } = await sheet({ addresses: [NUMBER, failed] });
  expect(app.textContent).toContain("We will text ••• 42 when you are away.");
  await hears({ t: "addresses", addresses: [NUMBER, failed], preference: ["sms"] });
  expect(app.textContent).not.toContain("We will text");
  expect(app.textContent).toContain("We cannot reach v•••@shopper.example.");
});

test("a choice made in another tab shows here", async () => {
  const { hears } = await sheet({ addresses: [NUMBER, MAILBOX] });
  await hears({ t: "addresses", addresses: [NUMBER, MAILBOX], preference: ["sms"] });
  expect(marked()).toEqual([TEXT]);
  expect(status()).toBe("");
});

test("saving what is saved already asks nobody", async () => {
  const { world } = await sheet({ addresses: [NUMBER], preference: ["sms"] });
  await saves();
  expect(world.socket.of("prefer")).toEqual([]);
  expect(status()).toBe("Saved. We try a text first.");
});

test("a choice that did not go through says why, and the choice stays marked", async () => {
  const { world, hears } = await sheet({ addresses: [NUMBER, MAILBOX], preference: ["sms"] });
  await picks(MAIL);
  await saves();
  const refusal = { t: "error", code: "bad_input", message: "this store has no mail", cmid: null };
  await hears({ ...refusal, about: "prefer" });
  expect(app.querySelector("[role=alert]")?.textContent).toBe(
    "That did not work. Please try again.",
  );
  expect(marked()).toEqual([MAIL]);
  expect(status()).toBe("");
  await act(() => world.socket.drops());
  await saves();
  expect(app.querySelector("[role=alert]")?.textContent).toMatch(/^We are not connected/);
});

test("an address left after Vera chose the chat is kept, and she is told that it is not used", async () => {
  const { room, hears } = await sheet({ addresses: [], preference: ["chat"] });
  await act(() => void room.ask(leaves("+14155550142")));
  await hears({ t: "addresses", addresses: [NUMBER], preference: ["chat"] });
  await act(() => room.showReach(false));
  expect(app.querySelector(".card")?.textContent).toBe(
    "We do not write to ••• 42, since you want your answers here.",
  );
});

test("choosing does not bring up the card that tells what happens with an address", async () => {
  const { room, hears } = await sheet({ addresses: [NUMBER] });
  await picks(CHAT);
  await saves();
  await hears({ t: "addresses", addresses: [NUMBER], preference: ["chat"] });
  await act(() => room.showReach(false));
  expect(app.querySelector(".card")).toBeNull();
});

test("the hello tells the time zone, unless it is none that could be read", async () => {
  const { world } = await sheet({});
  expect(world.socket.of("hello")).toMatchObject([{ zone: "Europe/Berlin" }]);
  expect(["Europe/Berlin", "Etc/GMT+5", "UTC"].map(zoneOf)).not.toContain(null);
  expect([undefined, "", "+05:30", "a b", "x".repeat(65)].map(zoneOf)).toEqual(Array(5).fill(null));
});

test("Vera's number on WhatsApp is a way of its own, apart from texts", async () => {
  const whatsapp: AddressFact = { ...NUMBER, address_id: "ad3", channel: "whatsapp" };
  const { world } = await sheet({ addresses: [NUMBER, whatsapp] });
  expect([...ways().keys()]).toEqual([TEXT, "By WhatsApp to ••• 42", CHAT]);
  await picks("By WhatsApp to ••• 42");
  await saves();
  expect(world.socket.of("prefer")).toMatchObject([{ channels: ["whatsapp"] }]);
});

test("Vera leaves her number for WhatsApp, where the shop can send a code there", async () => {
  const agreed = {
    id: "whatsapp-v1",
    channel: "whatsapp" as const,
    text: "Acme may write to me.",
    prefixes: [],
    home: true,
  };
  const { world, hears } = await sheet({ sentences: [...WELCOME.sentences, agreed] });
  const radios = [...app.querySelectorAll<HTMLLabelElement>(".ways label")];
  await act(() => radios.find((one) => one.textContent === "WhatsApp")?.click());
  expect(app.querySelector(".consent")?.textContent).toBe("Acme may write to me.");
  const field = app.querySelector<HTMLInputElement>("input[type=tel]");
  await act(() => {
    if (field) field.value = "+44 7700 900001";
    field?.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await act(() => {
    const form = field?.closest("form");
    form?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
  expect(world.socket.of("leave_address")).toMatchObject([
    { channel: "whatsapp", value: "+44 7700 900001", sentence_id: "whatsapp-v1" },
  ]);
  const left: AddressFact = {
    ...NUMBER,
    channel: "whatsapp",
    proven: false,
    code_sent: true,
  };
  await hears({ t: "addresses", addresses: [left], preference: [] });
  expect(app.textContent).toContain("We sent a code to ••• 42 by WhatsApp.");
});
