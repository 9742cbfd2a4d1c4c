import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import payloads from "../../tests/corpus/hostile.json";
import type { Ask } from "../src/api";
import { fromHash, toHash } from "../src/place";
import { Excerpt } from "../src/search/excerpt";
import { openSearch, SEARCH_ID } from "../src/search/open";
import { forget, recent, remember } from "../src/search/recent";
import { type Found, type Hit, joined, type Page } from "../src/search/requests";
import { createRoom, PAUSE_MS } from "../src/search/room";
import { nextOf } from "../src/thread/jump";
import { answers, asked, find, home, press, settle, signedIn, Wire } from "./house";

const HIT: Hit = {
  what: "message",
  name: "",
  text: "My parcel has not arrived",
  marks: [[3, 9]],
  seq: 12,
  at: Date.UTC(2026, 4, 4, 9),
  author: "Vera",
  side: "shopper",
  channel: "chat",
};

const FOUND: Found = {
  store_id: "acme",
  conversation_id: "c1",
  number: 7,
  shopper: "Vera",
  subject: "",
  preview: "Thanks",
  state: "resolved",
  snoozed: false,
  assignee_id: null,
  channel: "chat",
  last_at: Date.UTC(2026, 4, 5, 9),
  hits: [HIT],
};

function answer(conversations: readonly Found[], before: string | null = null): void {
  answers.set("/api/search", [200, { conversations, before }]);
}

async function opened(): Promise<Wire> {
  const wire = await signedIn();
  location.hash = "#/search";
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await settle();
  await act(() => vi.dynamicImportSettled());
  await settle();
  return wire;
}

async function type(words: string): Promise<void> {
  const field = find<HTMLInputElement>(`#${SEARCH_ID}`);
  await act(() => {
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await settle(PAUSE_MS + 10);
}

function key(name: string): Promise<void> {
  return act(() => {
    const event = new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true });
    (document.activeElement ?? document.body).dispatchEvent(event);
  });
}

const searches = () => asked.filter((each) => each.url === "/api/search");

beforeEach(() => {
  vi.useFakeTimers();
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
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the search and one entry of a conversation have addresses of their own", () => {
  expect(toHash(fromHash("#/search"))).toBe("#/search");
  expect(toHash(fromHash("#/open/acme/c1/12"))).toBe("#/open/acme/c1/12");
  expect(fromHash("#/open/acme/c1/0").open).toEqual({ storeId: "acme", conversationId: "c1" });
  expect(fromHash("#/open/acme/c1/x").open).toEqual({ storeId: "acme", conversationId: "c1" });
});

test("typing asks once, in a body, and shows each place with a link to its entry", async () => {
  answer([FOUND]);
  await opened();
  await type("parcel");
  expect(searches()).toHaveLength(1);
  expect(searches()[0]?.body).toMatchObject({ query: "parcel", best: false, before: null });
  expect(find(".found-head").textContent).toContain("Vera#7Resolved");
  const hit = find<HTMLAnchorElement>(".hit");
  expect(hit.getAttribute("href")).toBe("#/open/acme/c1/12");
  expect(find(".hit mark").textContent).toBe("parcel");
  expect(find(".search-said").textContent).toBe("1 conversation");
});

test("an answer to an older question is not shown", async () => {
  const waiting: ((page: Page) => void)[] = [];
  const ask = () => new Promise((done) => waiting.push(done as (page: Page) => void));
  const room = createRoom(ask as Ask, "ada", signal("first"));
  await settle();
  room.question.value = "second";
  await settle(PAUSE_MS + 10);
  waiting[1]?.({ conversations: [FOUND], before: null });
  waiting[0]?.({ conversations: [], before: "1.c.1" });
  await settle();
  expect(room.found.value).toEqual([FOUND]);
  expect([room.before.value, room.busy.value]).toEqual([null, false]);
  room.stop();
});

test("all of it is done by keyboard", async () => {
  answer([FOUND, { ...FOUND, conversation_id: "c2", number: 8, hits: [] }]);
  await opened();
  expect(document.activeElement?.id).toBe(SEARCH_ID);
  await type("parcel");
  await key("ArrowDown");
  expect(document.activeElement?.className).toBe("found-head");
  await key("ArrowDown");
  expect(document.activeElement?.getAttribute("href")).toBe("#/open/acme/c1/12");
  await key("ArrowDown");
  await key("ArrowDown");
  expect(document.activeElement?.getAttribute("href")).toBe("#/open/acme/c2");
  await key("ArrowUp");
  expect(document.activeElement?.getAttribute("href")).toBe("#/open/acme/c1/12");
  await key("Escape");
  expect(document.activeElement?.id).toBe(SEARCH_ID);
});

test("a stroke leads here from anywhere, and what was looked for stands there still", async () => {
  answer([FOUND]);
  await opened();
  await type("parcel");
  location.hash = "#/open";
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await settle();
  document.body.focus();
  await act(() => {
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true }));
  });
  await act(() => vi.dynamicImportSettled());
  await settle();
  await settle();
  expect(location.hash).toBe("#/search");
  expect(find<HTMLInputElement>(`#${SEARCH_ID}`).value).toBe("parcel");
  expect(find(".hit mark").textContent).toBe("parcel");
});

test("more is brought on a press, and joins what is there", async () => {
  answer([FOUND], "5.c1.12");
  await opened();
  await type("parcel");
  const second = { ...FOUND, hits: [{ ...HIT, seq: 3, text: "parcel", marks: [[0, 6]] as const }] };
  answer([second, { ...FOUND, conversation_id: "c2" }]);
  await press(".search-more");
  expect(searches().at(-1)?.body).toMatchObject({ before: "5.c1.12" });
  expect(document.querySelectorAll(".found")).toHaveLength(2);
  expect(document.querySelectorAll(".hit")).toHaveLength(3);
  expect(document.querySelector(".search-more")).toBeNull();
  expect(joined([FOUND], [second])[0]?.hits).toHaveLength(2);
});

test("the best first is another question", async () => {
  answer([FOUND]);
  await opened();
  await type("parcel");
  await press(".search-order button", "Best");
  await settle(PAUSE_MS + 10);
  expect(searches().at(-1)?.body).toMatchObject({ query: "parcel", best: true });
});

test("an empty field teaches what may be typed and offers what was looked for", async () => {
  answer([FOUND]);
  await opened();
  expect(find(".taught").textContent).toContain("from:me");
  await type("parcel");
  await settle(5_000);
  await type("");
  expect(find(".recent").textContent).toContain("parcel");
  await press(".taught .operator", "is:open");
  expect(find<HTMLInputElement>(`#${SEARCH_ID}`).value).toBe("is:open");
  await type("");
  await press(".recent button", "Forget");
  expect(document.querySelector(".recent")).toBeNull();
});

test("when the gateway cannot be reached that is said, and asked again on a press", async () => {
  answers.set("/api/search", [503, { code: "storage_refused", message: "not now" }]);
  await opened();
  await type("parcel");
  expect(find("[role=alert]").textContent).toContain("Search again");
  answer([FOUND]);
  await press("[role=alert] button");
  expect(find(".found")).toBeTruthy();
  expect(document.querySelector("[role=alert]")).toBeNull();
});

test("whatever a stranger wrote is shown as what it is, in every place of a hit", async () => {
  expect(payloads.length).toBeGreaterThanOrEqual(40);
  const alerts = vi.fn();
  vi.stubGlobal("alert", alerts);
  answer(
    payloads.map((text, n) => ({
      ...FOUND,
      conversation_id: `c${n}`,
      shopper: text,
      preview: text,
      hits: [
        {
          ...HIT,
          text,
          author: text,
          marks: [
            [0, 3],
            [4, Math.max(5, text.length)],
          ],
        },
        { ...HIT, what: "trait", name: text, text, seq: null, at: null, channel: text },
        { ...HIT, what: "file", text, seq: 2 },
      ],
    })),
  );
  await opened();
  await type("anything");
  expect(document.querySelectorAll(".found")).toHaveLength(payloads.length);
  const made = [...document.querySelectorAll(".founds *")].map((each) => each.localName);
  const ours = ["a", "bdi", "li", "mark", "path", "span", "svg", "time", "ul"];
  expect([...new Set(made)].sort()).toEqual(ours);
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".founds a")) {
    expect(link.getAttribute("href")).toMatch(/^#\/open\/acme\/c\d+(\/\d+)?$/);
  }
  for (const each of document.querySelectorAll(".founds *")) {
    expect(each.getAttributeNames().filter((name) => name.startsWith("on"))).toEqual([]);
  }
  expect(find(".found").textContent).toContain(payloads[0]);
  expect(alerts).not.toHaveBeenCalled();
});

const MISFITS = [
  [2, 1],
  [0, 1],
  [0, 2],
  [3, 99],
] as const;

test("marks that do not fit the text are left out, and the text stays whole", async () => {
  await act(() => render(<Excerpt text="a👟b" marks={MISFITS} />, home));
  expect(home.textContent).toBe("a👟b");
  expect([...home.querySelectorAll("mark")].map((each) => each.textContent)).toEqual(["a"]);
});

test("what was looked for lately is short, newest first, each once, and can be forgotten", () => {
  for (const words of ["par", "parcel", "  ", "shoes", "parcel", "a", "b", "c", "d", "e"]) {
    remember("ada", words);
  }
  expect(recent("ada")).toEqual(["e", "d", "c", "b", "a", "parcel"]);
  expect(recent("bo")).toEqual([]);
  forget("ada");
  expect(recent("ada")).toEqual([]);
  sessionStorage.setItem("onethread-searches-ada", "no JSON");
  expect(recent("ada")).toEqual([]);
});

test("a search with words is opened with them", () => {
  const went: unknown[] = [];
  const place = { value: fromHash("#/mine") };
  const desk = { place, go: (where: unknown) => went.push(where) };
  openSearch(desk as unknown as Parameters<typeof openSearch>[0], "refund");
  expect(went).toEqual([{ view: "mine", open: null, search: true }]);
});

test("a jump asks for what lies between, and goes once the entry is there", () => {
  const entries = (first: number) => [{ seq: first }, { seq: first + 1 }];
  const at = (first: number, complete = false, paging = false) =>
    ({ log: { entries: entries(first), complete }, paging }) as unknown as Parameters<
      typeof nextOf
    >[0];
  expect(nextOf(at(900), 12)).toBe("fetch");
  expect(nextOf(at(900, false, true), 12)).toBeNull();
  expect(nextOf(at(10), 12)).toBe("go");
  expect(nextOf(at(20, true), 12)).toBe("go");
  expect(nextOf(at(10), undefined)).toBeNull();
  expect(nextOf(null, 12)).toBeNull();
});
