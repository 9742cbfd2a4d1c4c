// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openGate } from "../panel/gate";
import { strayMessages } from "./fuzz";

const SHOP = "http://localhost:8082";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function frame() {
  const posted: { message: unknown; to: string }[] = [];
  const parent = {
    postMessage: (message: unknown, to: string) => posted.push({ message, to }),
  } as unknown as Window;
  const listeners: ((event: MessageEvent) => void)[] = [];
  const self = {
    parent,
    setTimeout: (task: () => void, ms: number) => setTimeout(task, ms),
    clearTimeout: (timer: number) => clearTimeout(timer),
    addEventListener: (_: string, listener: (event: MessageEvent) => void) =>
      listeners.push(listener),
  } as unknown as Window;
  const heard: unknown[] = [];
  const came: unknown[] = [];
  const wishes: unknown[] = [];
  let refused = 0;
  const gate = openGate({
    self,
    origins: [SHOP],
    heard: (says) => heard.push(says),
    asked: (wants) => wishes.push(wants),
    pushed: (push) => came.push(push),
    refused: () => (refused += 1),
  });
  const hears = (data: unknown, origin = SHOP, source: unknown = parent) => {
    for (const listener of listeners) listener({ data, origin, source } as MessageEvent);
  };
  return { gate, hears, heard, came, wishes, posted, refusals: () => refused };
}

test("the store's own page is answered at its exact origin", () => {
  const { gate, hears, heard, posted } = frame();
  gate.tell({ unread: 1 });
  expect(posted).toEqual([]);
  hears({
    onethread: 1,
    open: true,
    kept: false,
    focus: true,
    leaving: false,
    url: "u",
    title: "t",
  });
  expect(posted).toEqual([{ message: { onethread: 1 }, to: SHOP }]);
  expect(heard).toEqual([
    { open: true, kept: false, focus: true, leaving: false, url: "u", title: "t" },
  ]);
  gate.tell({ unread: 1 });
  expect(posted[1]).toEqual({ message: { onethread: 1, unread: 1 }, to: SHOP });
});

test("another origin, another window and another message are not heard", () => {
  const { hears, heard, posted } = frame();
  hears({ onethread: 1, open: true }, "http://evil.example");
  hears({ onethread: 1, open: true }, "null");
  hears({ onethread: 1, open: true }, SHOP, {});
  hears({ open: true });
  hears(null);
  hears("onethread");
  expect([heard, posted]).toEqual([[], []]);
});

test("what is not of its type is taken for nothing", () => {
  const { hears, heard } = frame();
  hears({ onethread: 1, open: "yes", url: { toString: () => "x" }, title: 7 });
  expect(heard).toEqual([
    { open: false, kept: false, focus: false, leaving: false, url: "", title: "" },
  ]);
});

test("silence for ten seconds counts as refusal, a hello before does not", () => {
  const silent = frame();
  const greeted = frame();
  greeted.hears({ onethread: 1 });
  vi.advanceTimersByTime(9_900);
  expect(silent.refusals()).toBe(0);
  vi.advanceTimersByTime(200);
  expect([silent.refusals(), greeted.refusals()]).toEqual([1, 0]);
});

test("what came of notifications is told apart from how the page is, and only after the hello", () => {
  const { hears, heard, came } = frame();
  hears({ onethread: 1, push: "can" });
  expect(came).toEqual([]);
  hears({ onethread: 1, open: true });
  hears({ onethread: 1, push: "can" });
  hears({ onethread: 1, push: "can" }, "https://evil.example");
  expect(came).toEqual(["can"]);
  expect(heard).toHaveLength(1);
});

test("what the page wants is taken when it is of its type, and as nothing when it is not", () => {
  const { hears, wishes } = frame();
  hears({
    onethread: 1,
    told: [[1, "reset"]],
    look: { accent: "#aa0000", scheme: "dark", position: "left" },
    handle: "opaque",
  });
  hears({ onethread: 1, told: "all", look: { accent: 7, scheme: {} }, handle: "x".repeat(101) });
  hears({ onethread: 1, look: null, handle: "" });
  const nothing = { told: [], look: {}, handle: null };
  expect(wishes).toEqual([
    { told: [[1, "reset"]], look: { accent: "#aa0000", scheme: "dark" }, handle: "opaque" },
    nothing,
    nothing,
  ]);
});

test("two hundred stray messages from a sibling frame and from another host do nothing", () => {
  const { hears, heard, wishes, came, posted } = frame();
  const sibling = {};
  for (const message of strayMessages()) {
    hears(message, SHOP, sibling);
    hears(message, "https://evil.example");
    hears(message, "null");
  }
  expect([heard, wishes, came, posted]).toEqual([[], [], [], []]);
});

test("two hundred stray messages from the shop's page itself never break the panel", () => {
  const { hears, heard, wishes } = frame();
  for (const message of strayMessages()) hears(message);
  for (const says of heard as Record<string, unknown>[]) {
    const kinds = ["open", "kept", "focus", "leaving", "url", "title"].map(
      (name) => typeof says[name],
    );
    expect(kinds).toEqual(["boolean", "boolean", "boolean", "boolean", "string", "string"]);
  }
  expect(heard.length).toBeGreaterThan(50);
  for (const wants of wishes as { told: unknown }[]) expect(Array.isArray(wants.told)).toBe(true);
});
