import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentHears, ShopperFact } from "../../widget/link/protocol.gen";
import type { About, Parting, Preview, Side } from "../src/shopper/requests";
import { answers, asked, atVeras, find, home, press, settle, snapshot, Wire } from "./house";
import { NOON, Pen } from "./scene";
import { pressedTwice } from "./twice";

interface Resizable {
  happyDOM: { setViewport(size: { width: number; height: number }): void };
}

beforeEach(() => {
  // Room for the shopper's column beside the thread.
  (window as unknown as Resizable).happyDOM.setViewport({ width: 1400, height: 900 });
  vi.useFakeTimers({ now: NOON });
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  asked.length = 0;
  sessionStorage.clear();
  location.hash = "";
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const STORE = "/api/stores/acme";

function about(name: string, over: Partial<About> = {}): void {
  const id = name.toLowerCase();
  const told: About = { shopper_id: id, conversations: [], merges: [], alike: [], ...over };
  answers.set(`${STORE}/shoppers/${id}`, [200, told]);
}

function shopper(conversationId: string, name: string): AgentHears {
  const told: ShopperFact = {
    shopper_id: name.toLowerCase(),
    name,
    verified: false,
    presence: "reading",
    since: NOON,
    lost: false,
    page_url: null,
    page_title: null,
    addresses: [],
    earlier: 0,
    blocked: null,
    answers: [],
    language: "",
    zone: "",
    preference: [],
    identity: {
      sub: null,
      signed_at: null,
      vouched: [],
      claims: [],
      attributes: [],
      tracked: [],
    },
  };
  return { t: "shopper", conversation_id: conversationId, shopper: told };
}

async function veras(): Promise<Wire> {
  const wire = await atVeras(new Pen());
  await wire.tell(shopper("c1", "Vera"));
  await settle();
  return wire;
}

async function goTo(hash: string): Promise<void> {
  await act(() => {
    location.hash = hash;
    dispatchEvent(new HashChangeEvent("hashchange"));
  });
  await settle();
}

async function toJonas(wire: Wire): Promise<void> {
  await goTo("#/open/acme/c2");
  const told = snapshot([]) as Extract<AgentHears, { t: "snapshot" }>;
  const conversation = { ...told.conversation, conversation_id: "c2" };
  await wire.tell({ ...told, conversation }, shopper("c2", "Jonas"));
  await settle();
}

const panel = () => find("aside.shopper").textContent ?? "";

test("what Ada began to do about Vera is done to nobody else", async () => {
  const wire = await veras();
  await press(".shopper-acts button", "Block");
  expect(find("dialog").textContent).toContain("Block Vera?");
  await toJonas(wire);
  expect(document.querySelector("dialog")).toBeNull();
});

test("Enter takes nobody of whom Ada no longer asks", async () => {
  const somebody = { verified: false, addresses: [], by: "", blocked: false };
  about("Vera", { alike: [{ ...somebody, shopper_id: "mia", name: "Mia" }] });
  answers.set(`${STORE}/shoppers`, [
    200,
    { shoppers: [{ ...somebody, shopper_id: "pia", name: "Pia" }] },
  ]);
  await veras();
  await press(".shopper-acts button", "Merge");
  expect(find("[role=option]").textContent).toContain("Mia");
  const field = find<HTMLInputElement>(".find-shopper input");
  const enter = () => {
    const init = { key: "Enter", bubbles: true, cancelable: true };
    return act(() => void field.dispatchEvent(new KeyboardEvent("keydown", init)));
  };
  await act(() => {
    field.value = "pia";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await enter();
  expect(document.querySelector(".find-shopper")).not.toBeNull();
  await settle(300);
  expect(find("[role=option]").textContent).toContain("Pia");
  await enter();
  expect(document.querySelector(".find-shopper")).toBeNull();
});

test("an Enter that is held down agrees to nothing", async () => {
  await veras();
  await press(".shopper-acts button", "Block");
  const pressed = (repeat: boolean) => {
    const event = new KeyboardEvent("keydown", {
      key: "Enter",
      repeat,
      bubbles: true,
      cancelable: true,
    });
    find("dialog input").dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect([pressed(true), pressed(false)]).toEqual([true, false]);
});

test("who was merged into Vera does not stand beside Jonas until his are known", async () => {
  const merge = { merge_id: "m1", name: "Shopper #2", numbers: [2], by: "Ada", at: NOON };
  about("Vera", { merges: [{ ...merge, first: false }] });
  about("Jonas");
  const wire = await veras();
  await toJonas(wire);
  await goTo("#/open/acme/c1");
  expect(panel()).toContain("Shopper #2");
  answers.set(`${STORE}/shoppers/jonas`, new Promise(() => {}));
  await goTo("#/open/acme/c2");
  expect(panel()).toContain("Jonas");
  expect(panel()).not.toContain("Shopper #2");
});

const MERGE = `${STORE}/shoppers/vera/merge/mia`;

/** Mia looks like Vera, and can be merged with her. */
function miaIsAlike(): void {
  const side = (name: string): Side => ({
    shopper_id: name.toLowerCase(),
    name,
    sub: null,
    verified: false,
    addresses: [],
    conversations: [],
    preference: [],
    attributes: [],
    blocked: null,
  });
  const none = { preference: [], addresses: [], both: [], attributes: [] };
  const preview: Preview = {
    elder: side("Vera"),
    younger: side("Mia"),
    made: { name: "Vera", goes_on: null, closes: null, ...none },
    told: [],
    seen: "0".repeat(64),
  };
  const parting: Partial<Parting> = {
    ...{ name: "Mia", elder: "Vera", conversations: [], reopens: null, first: false },
    ...{ addresses: [], both: [], learned: [], blocked: false },
  };
  const mia = { shopper_id: "mia", name: "Mia", verified: false, addresses: [], blocked: false };
  about("Vera", { alike: [{ ...mia, by: "vera@shopper.example" }] });
  answers.set(MERGE, [200, { ...preview, merge_id: "m1" }]);
  answers.set(`${STORE}/merges/m1`, [200, parting]);
}

test("a merge is undone wherever Ada has gone since", async () => {
  miaIsAlike();
  await veras();
  await press("aside.shopper button[aria-label='Compare… Mia']");
  await press("dialog button.primary", "Merge");
  await goTo("#/open");
  await press(".toast button", "Undo");
  expect(find("dialog").textContent).toContain("Take back the merge with Mia?");
  expect(find<HTMLButtonElement>("dialog button.primary").disabled).toBe(false);
});

test("the Merge that Ada pressed keeps the keys while it is on its way, and is asked for once", async () => {
  miaIsAlike();
  await veras();
  await press("aside.shopper button[aria-label='Compare… Mia']");
  await pressedTwice(MERGE, "dialog button.primary", "Merge");
  expect(document.querySelector("dialog")).toBeNull();
});

test("who is merged is taken back by two presses once, and Vera is blocked once", async () => {
  miaIsAlike();
  await veras();
  await press("aside.shopper button[aria-label='Compare… Mia']");
  await press("dialog button.primary", "Merge");
  await press(".toast button");
  await pressedTwice(`${STORE}/merges/m1`, "dialog button.primary", "Take it back");
  answers.set(`${STORE}/shoppers/vera/block`, [200, {}]);
  await press(".shopper-acts button", "Block");
  await pressedTwice(`${STORE}/shoppers/vera/block`, "dialog button.primary");
  expect(document.querySelector("dialog")).toBeNull();
});
