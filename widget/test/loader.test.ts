// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const GATEWAY = "http://127.0.0.1:8080";
const CONFIG = {
  name: "Acme support",
  accent: "#2f5d50",
  language: "en",
  greeting: "",
  panel: "/widget/panel?key=acme",
};

type Api = ((...call: unknown[]) => void) & { q?: unknown[]; on?: 1 };
const shop = window as unknown as { Onethread?: Api };
let asked: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  // No simulated frame: there is no gateway to fill it, and where it would go is all that matters.
  const make = document.createElement.bind(document);
  vi.spyOn(document, "createElement").mockImplementation((name: string) =>
    make(name === "iframe" ? "stand-in" : name),
  );
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return new Response(JSON.stringify(CONFIG));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  for (const host of document.querySelectorAll("onethread-chat")) host.remove();
  delete shop.Onethread;
  localStorage.clear();
});

async function load() {
  const tag = document.createElement("script");
  tag.setAttribute("data-key", "acme");
  Object.defineProperty(tag, "src", { value: `${GATEWAY}/widget/loader.js` });
  Object.defineProperty(document, "currentScript", { value: tag, configurable: true });
  vi.resetModules();
  await import("../loader/loader");
  await vi.advanceTimersByTimeAsync(0);
}

const hosts = () => document.querySelectorAll("onethread-chat");
const inside = (selector: string) =>
  hosts()[0]?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
const launcher = () => inside("button") as HTMLButtonElement;
const frame = () => inside("stand-in") as HTMLIFrameElement | null;

/** The panel as the loader meets it: another window, at the gateway's origin. */
function panelAnswers(says: object, origin = GATEWAY, source: unknown = frame()?.contentWindow) {
  const event = new MessageEvent("message", { data: { onethread: 1, ...says }, origin });
  Object.defineProperty(event, "source", { value: source });
  window.dispatchEvent(event);
}

async function opened() {
  await load();
  launcher().click();
  const found = frame() as HTMLIFrameElement;
  const posted: { message: Record<string, unknown>; to: unknown }[] = [];
  const panel = { postMessage: (message: never, to: unknown) => posted.push({ message, to }) };
  Object.defineProperty(found, "contentWindow", { value: panel });
  found.onload?.(new Event("load"));
  return { posted, panel };
}

test("one request, one button, and no frame until somebody wants it", async () => {
  await load();
  expect(asked).toEqual([`${GATEWAY}/widget/config?key=acme`]);
  expect([launcher().ariaLabel, launcher().ariaExpanded]).toEqual([
    "Chat with Acme support",
    "false",
  ]);
  expect(frame()).toBeNull();
});

test("a second tag on the same page adds nothing", async () => {
  await load();
  await load();
  expect(hosts()).toHaveLength(1);
  expect(asked).toHaveLength(1);
});

test("a look at the button fetches the panel, a click shows it", async () => {
  await load();
  launcher().dispatchEvent(new Event("pointerenter"));
  expect(frame()?.hidden).toBe(true);
  launcher().click();
  expect(frame()?.hidden).toBe(false);
  expect(frame()?.title).toBe("Chat with Acme support");
  expect(frame()?.src).toBe(`${GATEWAY}/widget/panel?key=acme`);
});

test("calls made before the loader came are kept", async () => {
  const seen: unknown[] = [];
  const queue: unknown[] = [];
  const early: Api = Object.assign((...call: unknown[]) => void queue.push(call), { q: queue });
  shop.Onethread = early;
  early("on", "open", () => seen.push("open"));
  early("open");
  await load();
  expect(frame()?.hidden).toBe(false);
  expect(seen).toEqual(["open"]);
});

test("the panel is told where it is, at the gateway's exact origin", async () => {
  document.title = "Blue shoes";
  const { posted } = await opened();
  expect(posted[0]?.to).toBe(GATEWAY);
  expect(posted[0]?.message).toMatchObject({ onethread: 1, open: true, title: "Blue shoes" });
  launcher().click();
  expect(posted.at(-1)?.message).toMatchObject({ open: false });
});

test("the panel is told when the window gets or loses the focus", async () => {
  const { posted } = await opened();
  const focus = vi.spyOn(document, "hasFocus");
  for (const has of [false, true]) {
    focus.mockReturnValue(has);
    window.dispatchEvent(new Event(has ? "focus" : "blur"));
    expect(posted.at(-1)?.message).toMatchObject({ focus: has });
  }
  focus.mockRestore();
});

test("whatever the panel says is answered with how the page is, for no event says it all", async () => {
  const { posted, panel } = await opened();
  const focus = vi.spyOn(document, "hasFocus").mockReturnValue(false);
  posted.length = 0;
  panelAnswers({}, GATEWAY, panel);
  expect(posted.map(({ message }) => message)).toMatchObject([{ onethread: 1, focus: false }]);
  panelAnswers({}, "http://evil.example", panel);
  expect(posted).toHaveLength(1);
  focus.mockRestore();
});

test("only the panel itself, from the gateway's origin, is listened to", async () => {
  const { panel } = await opened();
  panelAnswers({ close: true }, "http://evil.example", panel);
  panelAnswers({ close: true }, GATEWAY, window);
  expect(frame()?.hidden).toBe(false);
  panelAnswers({ close: true }, GATEWAY, panel);
  expect(frame()?.hidden).toBe(true);
});

test("unread messages are counted on the button, told in words and to the shop", async () => {
  const { panel } = await opened();
  const counts: unknown[] = [];
  shop.Onethread?.("on", "unread", (n: unknown) => counts.push(n));
  panelAnswers({ unread: 2, words: "Unread messages: 2" }, GATEWAY, panel);
  expect(inside("span")?.textContent).toBe("2");
  expect(inside("span")?.hidden).toBe(false);
  panelAnswers({ unread: 0, words: "" }, GATEWAY, panel);
  expect(inside("span")?.hidden).toBe(true);
  expect(counts).toEqual([2, 0]);
});

test("a conversation brings the panel back on the next page, shut", async () => {
  const { panel } = await opened();
  panelAnswers({ kept: true }, GATEWAY, panel);
  hosts()[0]?.remove();
  delete shop.Onethread;
  await load();
  expect(frame()?.hidden).toBe(true);
});

test("a panel that stays silent for ten seconds was refused, and can be tried again", async () => {
  await opened();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(frame()).toBeNull();
  const retry = inside("p button") as HTMLButtonElement;
  expect(retry.textContent).toBe("The chat did not open. Try again");
  retry.click();
  expect(frame()).not.toBeNull();
  expect(inside("p")).toBeNull();
});

test("a panel that answered in time is left alone", async () => {
  const { panel } = await opened();
  panelAnswers({}, GATEWAY, panel);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(frame()).not.toBeNull();
});

test("Escape on the shop's page shuts the panel", async () => {
  await opened();
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
  expect(frame()?.hidden).toBe(true);
});
