import { options, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { InboxRow } from "../../widget/link/protocol.gen";
import { AT_ONCE } from "../src/desk/many";
import { InboxRowItem } from "../src/inbox/row";
import {
  AGENT,
  answers,
  asked,
  find,
  home,
  press,
  settle,
  signedIn,
  snapshot,
  Wire,
} from "./house";
import { NOON, row } from "./scene";

const WHOLE = { store_id: null, label_id: null, channel: null, assignee_id: null } as const;
const NONE = { n: 0, more: false };

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
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function named(...ids: string[]): InboxRow[] {
  return ids.map((id, n) =>
    row({ conversation_id: id, shopper: id, number: n + 1, last_at: NOON - n }),
  );
}

async function withRows(...rows: InboxRow[]): Promise<Wire> {
  const wire = await signedIn();
  await wire.tell({ t: "inbox", view: "open", ...WHOLE, rows, after: null });
  await settle();
  return wire;
}

async function key(name: string, more: KeyboardEventInit = {}, at: EventTarget = document.body) {
  await act(() => {
    at.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, ...more }));
  });
  await settle();
}

function listed(): string[] {
  const all = [...document.querySelectorAll<HTMLElement>(".row-item")];
  const at = (item: HTMLElement) => Number(item.getAttribute("aria-posinset"));
  return all
    .sort((one, other) => at(one) - at(other))
    .map((item) => item.querySelector(".row-who")?.textContent ?? "");
}

describe("the list", () => {
  test("of a thousand draws those in sight, and says how many there are", async () => {
    await withRows(...named(...Array.from({ length: 1_000 }, (_, n) => `s${n}`)));
    const drawn = document.querySelectorAll(".row-item");
    expect(drawn.length).toBeLessThan(200);
    expect(drawn[0]?.getAttribute("aria-posinset")).toBe("1");
    expect(drawn[0]?.getAttribute("aria-setsize")).toBe("1000");
  });

  test("draws no row anew for a letter of another's draft, and two when another is opened", async () => {
    location.hash = "#/open/acme/c1";
    const wire = await withRows(...named("c1", ...Array.from({ length: 30 }, (_, n) => `s${n}`)));
    await wire.tell(snapshot([]));
    await settle();
    const drawn: string[] = [];
    const before = options.diffed;
    options.diffed = (node) => {
      if (node.type === InboxRowItem)
        drawn.push((node.props as unknown as { row: InboxRow }).row.shopper);
      before?.(node);
    };
    const area = find<HTMLTextAreaElement>("#composer");
    await act(() => {
      area.value = "I";
      area.dispatchEvent(new Event("input", { bubbles: true }));
    });
    expect(drawn).toEqual(["c1"]);
    drawn.length = 0;
    await act(() => {
      location.hash = find<HTMLAnchorElement>("#row-s1").hash;
      dispatchEvent(new HashChangeEvent("hashchange"));
    });
    await settle();
    options.diffed = before;
    expect(new Set(drawn)).toEqual(new Set(["c1", "s1"]));
  });

  test("goes on from where the last page ended", async () => {
    const wire = await signedIn();
    const rows = named("vera", "jonas");
    const after = rows[1]?.place ?? "";
    await wire.tell({ t: "inbox", view: "open", ...WHOLE, rows, after });
    await press("button", "Show older ones");
    expect(wire.last("inbox")).toMatchObject({ view: "open", after });
    await wire.tell({
      t: "inbox",
      view: "open",
      ...WHOLE,
      rows: named("x", "y", "mia").slice(2),
      after: null,
    });
    expect(listed()).toEqual(["vera", "jonas", "mia"]);
  });

  test("dragged to its end again and again asks for ten pages a second, not for all it can", async () => {
    const wire = await signedIn();
    const pages = () => wire.said.filter((frame) => frame.t === "inbox" && frame.after !== null);
    for (let n = 0; n < 5; n += 1) {
      const rows = named(`first${n}`, `last${n}`);
      const after = `after${n}`;
      await wire.tell({ t: "inbox", view: "open", ...WHOLE, rows, after });
      await act(async () => void find(".inbox-scroll").dispatchEvent(new Event("scroll")));
      expect(pages().length).toBe(n + 1);
      await act(async () => void vi.advanceTimersByTime(100));
      expect(pages().length).toBe(n + 1);
    }
    await wire.tell({ t: "inbox", view: "open", ...WHOLE, rows: named("a", "b"), after: "z" });
    await act(async () => void find(".inbox-scroll").dispatchEvent(new Event("scroll")));
    expect(pages().length).toBe(6);
    await wire.tell({ t: "inbox", view: "open", ...WHOLE, rows: named("c", "d"), after: "zz" });
    await act(async () => void find(".inbox-scroll").dispatchEvent(new Event("scroll")));
    expect(pages().length).toBe(6);
    await act(async () => void vi.advanceTimersByTime(100));
    expect(pages().length).toBe(7);
  });

  test("that stands at its end when a page comes asks for the next by itself", async () => {
    const wire = await signedIn();
    const pages = () => wire.said.filter((frame) => frame.t === "inbox" && frame.after !== null);
    await wire.tell({ t: "inbox", view: "open", ...WHOLE, rows: named("vera"), after: "one" });
    expect(pages().length).toBe(0);
    const list = find(".inbox-scroll");
    Object.defineProperty(list, "clientHeight", { value: 40 });
    await act(async () => void list.dispatchEvent(new Event("scroll")));
    await act(async () => void vi.advanceTimersByTime(100));
    expect(pages().length).toBe(1);
    await wire.tell({ t: "inbox", view: "open", ...WHOLE, rows: named("a", "mia"), after: "two" });
    expect(pages().length).toBe(2);
  });

  test("stands still under the pointer, and lets what came take its place afterwards", async () => {
    const wire = await withRows(...named("vera", "jonas"));
    const list = find(".inbox-scroll");
    await act(() => {
      list.dispatchEvent(new Event("pointerenter"));
    });
    await wire.tell({
      t: "rows",
      rows: [row({ conversation_id: "new", shopper: "new", waiting_since: NOON })],
    });
    expect(listed()).toEqual(["vera", "jonas", "new"]);
    const [vera] = named("vera");
    if (vera) await wire.tell({ t: "rows", rows: [{ ...vera, preview: "It has come!" }] });
    expect(find("#row-vera").textContent).toContain("It has come!");
    expect(find("button.moved").textContent).toContain("has moved");
    await act(() => {
      list.dispatchEvent(new Event("pointerleave"));
    });
    expect(listed()).toEqual(["new", "vera", "jonas"]);
  });

  test("j and k go along it, also to where nothing is drawn yet", async () => {
    await withRows(...named(...Array.from({ length: 300 }, (_, n) => `s${n}`)));
    for (let n = 0; n < 60; n += 1) await key("j");
    expect(document.activeElement?.id).toBe("row-s59");
    await key("k");
    expect(document.activeElement?.id).toBe("row-s58");
  });

  test("the focus stays with a conversation that moves, and goes to the next when it leaves", async () => {
    const wire = await withRows(...named("vera", "jonas", "mia"));
    await key("j");
    await key("j");
    expect(document.activeElement?.id).toBe("row-jonas");
    const [, jonas] = named("vera", "jonas");
    if (!jonas) throw new Error("Jonas is there");
    await wire.tell({ t: "rows", rows: [{ ...jonas, waiting_since: NOON, place: "9" }] });
    expect(document.activeElement?.id).toBe("row-jonas");
    const at = listed().indexOf("jonas");
    await wire.tell({ t: "rows", rows: [{ ...jonas, state: "resolved" }] });
    expect(document.activeElement?.id).toBe(`row-${listed()[Math.min(at, 1)]}`);
  });

  test("Escape leads from the field to write in back to the row", async () => {
    await withRows(...named("vera", "jonas"));
    const find = document.getElementById("find");
    find?.focus();
    await key("Escape", {}, find ?? document.body);
    expect(document.activeElement?.id).toBe("row-vera");
  });

  test("the views count what the gateway counts, asked again soon after a change", async () => {
    const wire = await withRows(...named("vera"));
    const many = { n: 99, more: true };
    const counts = { mine: NONE, unassigned: NONE, snoozed: NONE, unreachable: NONE };
    await wire.tell({ t: "counts", open: many, waiting: many, mentions: NONE, ...counts });
    expect(find("a.view", "Open").textContent).toContain("99+");
    const before = wire.said.filter((frame) => frame.t === "counts").length;
    await wire.tell({ t: "rows", rows: named("a", "b", "c") });
    await settle(1_000);
    expect(wire.said.filter((frame) => frame.t === "counts").length).toBe(before + 1);
  });
});

describe("acting on many", () => {
  test("Ada marks two by keyboard, resolves them, and takes that back", async () => {
    const wire = await withRows(...named("vera", "jonas", "mia"));
    await key("j");
    await key("x");
    await key("j");
    await key("x");
    expect(find(".marked-n").textContent).toBe("2 marked");
    await key("e");
    const on = ["vera", "jonas"].map((id) => ({ store_id: "acme", conversation_id: id }));
    expect(wire.last("bulk")).toMatchObject({ on, act: { kind: "resolve" } });
    expect(document.querySelector(".marked-bar")).toBeNull();
    await key("z");
    expect(wire.last("bulk")).toMatchObject({ on, act: { kind: "reopen" } });
    expect(document.querySelector(".toast")).toBeNull();
  });

  test("what was each one's own comes back, owner by owner", async () => {
    const [vera, jonas] = named("vera", "jonas");
    if (!vera || !jonas) throw new Error("the scene has two rows");
    const wire = await withRows({ ...vera, assignee_id: "bo" }, jonas);
    await key("j");
    await key("x");
    await key("j");
    await key("x");
    await key("a");
    await press("[role=option]", "Ada Moreau");
    expect(wire.last("bulk").act).toMatchObject({ kind: "assign", agent_id: AGENT.agent_id });
    const before = wire.said.length;
    await press(".toast button", "Undo");
    const back = wire.said.slice(before).filter((frame) => frame.t === "bulk");
    expect(
      back.map((frame) => [frame.on.map((each) => each.conversation_id), frame.act.agent_id]),
    ).toEqual([
      [["vera"], "bo"],
      [["jonas"], null],
    ]);
  });

  test("what takes many frames takes its time, so that the gateway does not hang up", async () => {
    const owned = named(...Array.from({ length: 3 * AT_ONCE }, (_, n) => `s${n}`));
    const wire = await withRows(...owned.map((each) => ({ ...each, assignee_id: each.shopper })));
    await key("j");
    await key("x");
    await press("button[aria-label='Mark all that are here']");
    await key("a");
    await press("[role=option]", "Ada Moreau");
    const before = wire.said.length;
    const back = () => wire.said.slice(before).filter((frame) => frame.t === "bulk");
    await press(".toast button", "Undo");
    expect(back()).toHaveLength(AT_ONCE);
    await settle(1_000);
    expect(back().length).toBeLessThanOrEqual(AT_ONCE + 15);
    await settle(10_000);
    expect(back().map((frame) => frame.act.agent_id)).toEqual(owned.map((each) => each.shopper));
  });

  test("what could not be done is told with its reason", async () => {
    const wire = await withRows(...named("vera"));
    await wire.tell({
      t: "bulk",
      ref: "",
      done: 1,
      left_out: [
        { store_id: "acme", conversation_id: "x", number: 7, message: "it goes on in #9" },
      ],
    });
    expect(find(".toast").textContent).toContain("#7: it goes on in #9");
  });

  test("a new label is made for the store and put on what is marked", async () => {
    const wire = await withRows(...named("vera"));
    const made = { store_id: "acme", label_id: "l1", name: "Return", colour: "grey" };
    answers.set("/api/stores/acme/labels", [201, made]);
    await key("j");
    await key("x");
    await key("l");
    const field = find<HTMLInputElement>("[role=combobox]");
    await act(() => {
      field.value = "Return";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await key("Enter", {}, field);
    expect(asked.at(-1)).toMatchObject({ method: "POST", body: { name: "Return" } });
    expect(wire.last("bulk").act).toMatchObject({ kind: "label", add: ["l1"] });
  });
});

describe("the palette", () => {
  test("opens by Ctrl K also while somebody writes, and goes where a few letters say", async () => {
    const wire = await withRows(...named("vera"));
    answers.set("/api/me/filters", [200, { filters: [] }]);
    await key("k", { ctrlKey: true }, find("#find"));
    const field = find<HTMLInputElement>("[role=combobox]");
    await act(() => {
      field.value = "snoozed";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await key("Enter", {}, field);
    expect(location.hash).toBe("#/snoozed");
    expect(wire.last("inbox")).toMatchObject({ view: "snoozed", after: null });
    expect(document.querySelector("[role=combobox]")).toBeNull();
  });

  test("narrows the list to a label, which stands above it until it is taken away", async () => {
    const wire = await withRows(...named("vera"));
    answers.set("/api/me/filters", [200, { filters: [] }]);
    const label = { store_id: "acme", label_id: "l1", name: "Return", colour: "amber" } as const;
    await wire.tell({ t: "labels", labels: [label] });
    await press("button[aria-label='Narrow the list']");
    await press("[role=option]", "Only the label Return");
    expect(wire.last("inbox")).toMatchObject({ view: "open", label_id: "l1" });
    expect(location.hash).toBe("#/open?label=l1");
    await press(".chip", "Return");
    expect(wire.last("inbox")).toMatchObject({ view: "open", label_id: null });
  });

  test.each([
    ["Later today", 12, "Tue, 15:00"],
    ["Tomorrow morning", 12, "Wed, 9:00"],
    ["Tomorrow morning", 20, "Wed, 9:00"],
  ])("snoozes what is open until %s, asked at %i o'clock", async (words, hour, then) => {
    vi.setSystemTime(new Date(2026, 4, 12, hour));
    const wire = await withRows(...named("vera"));
    await key("j");
    await key("x");
    await key("s");
    await press("[role=option]", words);
    const until = new Date(wire.last("bulk").act.until ?? 0);
    const day = until.toLocaleDateString("en", { weekday: "short" });
    expect(`${day}, ${until.getHours()}:00`).toBe(then);
  });

  test("does not offer the night for later today", async () => {
    vi.setSystemTime(new Date(2026, 4, 12, 20));
    await withRows(...named("vera"));
    await key("j");
    await key("x");
    await key("s");
    expect(find("[role=option]").textContent).toMatch(/^Tomorrow morning.*9:00/);
  });
});
