// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { strayMessages } from "./fuzz";

const GATEWAY = "http://127.0.0.1:8080";
const CONFIG = {
  name: "Acme support",
  accent: "#2f5d50",
  scheme: "auto",
  radius: 16,
  x: 20,
  y: 20,
  hide: "",
  position: "right",
  language: "en",
  dir: "ltr",
  chat: "Chat with Acme support",
  refused: "The chat did not open. Try again",
  panel: "/widget/panel?key=acme&lang=en",
};
const GERMAN = { ...CONFIG, language: "de", chat: "Mit Acme support chatten", panel: "/de" };

type Api = ((...call: unknown[]) => void) & { q?: unknown[]; key?: string };
const shop = window as unknown as { Onethread?: Api };
let asked: string[] = [];
let frameFails = 0;
/** The store's settings, as the gateway has them when it is asked. */
let config = CONFIG;

/** The gateway's modules, as the network would bring them. */
function network() {
  for (const lang of ["", "en", "de"]) {
    const url = `${GATEWAY}/widget/config?key=acme&lang=${lang}`;
    vi.doMock(url, () => {
      asked.push(url);
      return { default: lang === "de" ? GERMAN : config };
    });
  }
  for (const n of [0, 1, 2])
    vi.doMock(`${GATEWAY}/widget/frame.js?${n}`, async () => {
      asked.push(`${GATEWAY}/widget/frame.js?${n}`);
      if (frameFails-- > 0) throw new TypeError("the network failed");
      return import("../loader/frame");
    });
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  frameFails = 0;
  config = CONFIG;
  network();
  // No simulated frame: there is no gateway to fill it, and where it would go is all that matters.
  const make = document.createElement.bind(document);
  vi.spyOn(document, "createElement").mockImplementation((name: string) =>
    make(name === "iframe" ? "stand-in" : name),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  for (const host of document.querySelectorAll("onethread-chat")) host.remove();
  document.body.replaceChildren();
  delete shop.Onethread;
  localStorage.clear();
  history.replaceState(null, "", "/");
});

async function settled() {
  await vi.advanceTimersByTimeAsync(0);
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(0);
}

async function load(data: Record<string, string> = {}) {
  const tag = document.createElement("script");
  for (const [name, value] of Object.entries({ key: "acme", ...data })) tag.dataset[name] = value;
  Object.defineProperty(tag, "src", { value: `${GATEWAY}/widget/loader.js` });
  Object.defineProperty(document, "currentScript", { value: tag, configurable: true });
  vi.resetModules();
  await import("../loader/loader");
  await settled();
}

const hosts = () => document.querySelectorAll<HTMLElement>("onethread-chat");
const inside = (selector: string) =>
  hosts()[0]?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
const launcher = () => inside("button") as HTMLButtonElement;
const frame = () => inside("stand-in") as HTMLIFrameElement | null;
const call = (...all: unknown[]) => shop.Onethread?.(...all);

/** The panel as the loader meets it: another window, at the gateway's origin. */
function panelAnswers(says: object, origin = GATEWAY, source: unknown = frame()?.contentWindow) {
  const event = new MessageEvent("message", { data: { onethread: 1, ...says }, origin });
  Object.defineProperty(event, "source", { value: source });
  window.dispatchEvent(event);
}

/** The frame has left about:blank, and what the loader posts to it is written down. */
function arrived() {
  const found = frame() as HTMLIFrameElement;
  const posted: { message: Record<string, unknown>; to: unknown }[] = [];
  const panel = {
    postMessage: (message: never, to: unknown) =>
      posted.push({ message: structuredClone(message), to }),
  };
  Object.defineProperty(found, "contentWindow", { value: panel });
  found.onload?.(new Event("load"));
  return { posted, panel };
}

async function opened(data: Record<string, string> = {}) {
  await load(data);
  launcher().click();
  await settled();
  return arrived();
}

const told = (posted: { message: Record<string, unknown> }[]) => posted.at(-1)?.message.told;

test("one request, one button, and nothing more until somebody wants it", async () => {
  await load();
  expect(asked).toEqual([`${GATEWAY}/widget/config?key=acme&lang=`]);
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

test("a tag of another store beside it is told off and does nothing", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  await load();
  await load({ key: "another" });
  expect(hosts()).toHaveLength(1);
  expect(asked).toHaveLength(1);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining("one chat per page"), "another");
});

test("a look at the button fetches the panel, a click shows it", async () => {
  await load();
  launcher().dispatchEvent(new Event("pointerenter"));
  await settled();
  expect(frame()?.hidden).toBe(true);
  launcher().click();
  expect(frame()?.hidden).toBe(false);
  expect(frame()?.title).toBe("Chat with Acme support");
  expect(frame()?.src).toBe(`${GATEWAY}/widget/panel?key=acme&lang=en`);
});

test("the page pays for the place above everything only once somebody is interested", async () => {
  await load();
  expect(hosts()[0]?.popover ?? null).toBeNull();
  launcher().dispatchEvent(new Event("pointerenter"));
  await settled();
  expect(hosts()[0]?.popover).toBe("manual");
});

test("calls made before the loader came are kept", async () => {
  const seen: unknown[] = [];
  const queue: unknown[] = [];
  const early: Api = Object.assign((...each: unknown[]) => void queue.push(each), { q: queue });
  shop.Onethread = early;
  early("on", "ready", () => seen.push("ready"));
  early("on", "open", () => seen.push("open"));
  early("open");
  await load();
  expect(frame()?.hidden).toBe(false);
  expect(seen).toEqual(["open", "ready"]);
});

test("who asks for ready after it is told at once", async () => {
  await load();
  const ready = vi.fn();
  call("on", "ready", ready);
  expect(ready).toHaveBeenCalledOnce();
});

test("with data-start=manual nothing is requested or stored before start", async () => {
  const stored = vi.spyOn(Storage.prototype, "setItem");
  const read = vi.spyOn(Storage.prototype, "getItem");
  await load({ start: "manual" });
  call("open");
  call("track", "looked", { at: "blue" });
  call("reset");
  await settled();
  expect([asked, hosts().length, stored.mock.calls, read.mock.calls]).toEqual([[], 0, [], []]);
  call("start");
  call("start");
  await settled();
  expect(asked[0]).toBe(`${GATEWAY}/widget/config?key=acme&lang=`);
  expect(asked.filter((url) => url.includes("config"))).toHaveLength(1);
  expect(frame()?.hidden).toBe(false);
});

test("the panel is told where it is, at the gateway's exact origin", async () => {
  document.title = "Blue shoes";
  const { posted } = await opened();
  expect(posted[0]?.to).toBe(GATEWAY);
  expect(posted[0]?.message).toMatchObject({ onethread: 1, open: true, title: "Blue shoes" });
  launcher().click();
  expect(posted.at(-1)?.message).toMatchObject({ open: false });
});

test("the keys go to the panel once it is there, and not to the blank frame before it", async () => {
  await load();
  launcher().focus();
  await settled();
  const focus = vi.spyOn(frame() as HTMLElement, "focus");
  launcher().click();
  expect(focus).not.toHaveBeenCalled();
  arrived();
  expect(focus).toHaveBeenCalledTimes(1);

  launcher().click();
  expect(document.activeElement).toBe(hosts()[0]);
  launcher().click();
  expect(focus).toHaveBeenCalledTimes(2);
});

test("a panel that was shut before it came takes no focus", async () => {
  await load();
  launcher().click();
  await settled();
  const focus = vi.spyOn(frame() as HTMLElement, "focus");
  launcher().click();
  arrived();
  expect(focus).not.toHaveBeenCalled();
});

test("whoever goes on writing in the shop's page keeps the keys when the panel comes", async () => {
  await load();
  launcher().focus();
  launcher().click();
  await settled();
  const search = document.body.appendChild(document.createElement("input"));
  search.focus();
  const focus = vi.spyOn(frame() as HTMLElement, "focus");
  arrived();
  expect(focus).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(search);
});

test("the panel has the keys as well where the shop's own button went by being pressed", async () => {
  const own = document.body.appendChild(document.createElement("button"));
  await load();
  own.focus();
  call("open");
  own.remove();
  await settled();
  const focus = vi.spyOn(frame() as HTMLElement, "focus");
  arrived();
  expect(focus).toHaveBeenCalledTimes(1);
});

test("a panel in another language that is asked for before it came has the keys as well", async () => {
  await load();
  launcher().focus();
  launcher().click();
  await settled();
  call("setLocale", "de");
  await settled();
  const focus = vi.spyOn(frame() as HTMLElement, "focus");
  arrived();
  expect(focus).toHaveBeenCalledTimes(1);
});

test("the panel is told when the window gets or loses the focus", async () => {
  const { posted } = await opened();
  const focus = vi.spyOn(document, "hasFocus");
  for (const has of [false, true]) {
    focus.mockReturnValue(has);
    window.dispatchEvent(new Event(has ? "focus" : "blur"));
    expect(posted.at(-1)?.message).toMatchObject({ focus: has });
  }
});

test("whatever the panel says is answered with how the page is, for no event says it all", async () => {
  const { posted, panel } = await opened();
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  posted.length = 0;
  panelAnswers({}, GATEWAY, panel);
  expect(posted.map(({ message }) => message)).toMatchObject([{ onethread: 1, focus: false }]);
  panelAnswers({}, "http://evil.example", panel);
  expect(posted).toHaveLength(1);
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
  call("on", "unread", (n: unknown) => counts.push(n));
  panelAnswers({ unread: 2, words: "Unread messages: 2" }, GATEWAY, panel);
  expect(inside("span")?.textContent).toBe("2");
  expect(inside("span")?.hidden).toBe(false);
  panelAnswers({ unread: 0, words: "" }, GATEWAY, panel);
  expect(inside("span")?.hidden).toBe(true);
  expect(counts).toEqual([2, 0]);
  panelAnswers({ unread: 0, words: "" });
});

/** Vera walks to the shop's next page. */
async function nextPage(data: Record<string, string> = {}) {
  for (const host of hosts()) host.remove();
  delete shop.Onethread;
  await load(data);
}

test("unread messages are counted in the page's title, which is given back as it was", async () => {
  document.title = "Blue shoes";
  const written = " Blue \n shoes";
  (document.querySelector("title") as HTMLElement).textContent = written;
  const { posted } = await opened();
  panelAnswers({ unread: 2, words: "Unread messages: 2" });
  expect(document.title).toMatch(/^\(2\) /);
  expect(posted.at(-1)?.message.title).not.toContain("2");
  panelAnswers({ unread: 3, words: "Unread messages: 3" });
  expect(document.title).toMatch(/^\(3\) /);
  panelAnswers({ unread: 0, words: "" });
  expect(document.querySelector("title")?.textContent).toBe(written);
});

test("a shop of one page may change its title meanwhile, and add to what stands there", async () => {
  document.title = "Shoes";
  await opened();
  panelAnswers({ unread: 1, words: "Unread messages: 1" });
  const goes = async (title: string) => {
    history.pushState(null, "", "/red");
    window.dispatchEvent(new PopStateEvent("popstate"));
    // Shops set the title after the address.
    document.title = title;
    await vi.advanceTimersByTimeAsync(500);
  };
  await goes("Red shoes");
  expect(document.title).toBe("(1) Red shoes");
  await goes(`Sale! ${document.title}`);
  expect(document.title).toBe("(1) Sale! Red shoes");
  panelAnswers({ unread: 0, words: "" });
  expect(document.title).toBe("Sale! Red shoes");
  await goes("(1) Green shoes");
  expect(document.title).toBe("(1) Green shoes");
});

test("a shop that wants its title left alone says so, and a page without one gets none", async () => {
  document.title = "Shoes";
  await opened({ title: "off" });
  panelAnswers({ unread: 2, words: "Unread messages: 2" });
  expect(document.title).toBe("Shoes");
  for (const host of hosts()) host.remove();
  delete shop.Onethread;
  document.querySelector("title")?.remove();
  await opened();
  panelAnswers({ unread: 2, words: "Unread messages: 2" });
  expect(document.querySelector("title")).toBeNull();
  panelAnswers({ unread: 0, words: "" });
});

test("a conversation brings the panel back on the next page, shut", async () => {
  const { panel } = await opened();
  panelAnswers({ kept: true }, GATEWAY, panel);
  await nextPage();
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

test("a network that failed is told, and tried again under another address", async () => {
  frameFails = 1;
  await load();
  launcher().click();
  await settled();
  expect(frame()).toBeNull();
  (inside("p button") as HTMLButtonElement).click();
  await settled();
  expect(frame()?.hidden).toBe(false);
  expect(asked.slice(1)).toEqual([0, 1].map((n) => `${GATEWAY}/widget/frame.js?${n}`));
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

test("what the shop calls waits for interest, goes with the first load, and is gone once heard", async () => {
  await load();
  call("identify", { token: "a.b.c" });
  call("track", "viewed", { sku: "fjord" });
  call("set", { plan: "gold" });
  await settled();
  expect(frame()).toBeNull();
  launcher().click();
  await settled();
  const { posted, panel } = arrived();
  expect(told(posted)).toEqual([
    [2, "identify", { token: "a.b.c" }, undefined],
    [3, "track", "viewed", { sku: "fjord" }],
    [4, "set", { plan: "gold" }, undefined],
  ]);
  panelAnswers({ heard: 3 }, GATEWAY, panel);
  expect(told(posted)).toEqual([[4, "set", { plan: "gold" }, undefined]]);
  panelAnswers({ heard: 4 }, GATEWAY, panel);
  expect(told(posted)).toEqual([]);
});

test("a call is what it was when it was made", async () => {
  const basket = { items: 1 };
  await load();
  call("track", "basket", basket);
  basket.items = 2;
  launcher().click();
  await settled();
  expect(told(arrived().posted)).toEqual([[2, "track", "basket", { items: 1 }]]);
});

test("of too many calls the oldest of what was tracked is forgotten, and never who it is", async () => {
  await load();
  call("identify", { name: "Vera" });
  for (let n = 0; n < 60; n++) call("track", `step ${n}`);
  launcher().click();
  await settled();
  const all = told(arrived().posted) as unknown[][];
  expect(all).toHaveLength(50);
  expect(all[0]?.[1]).toBe("identify");
  expect(all.at(-1)?.[2]).toBe("step 59");
});

test("a call that cannot be told, or is none, is a warning and no more", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { posted } = await opened();
  call("track", "clicked", { by: () => 0 });
  call("dance");
  expect(warn).toHaveBeenCalledTimes(2);
  expect(told(posted)).toEqual([]);
  call("track", "clicked");
  expect(told(posted)).toHaveLength(1);
});

test("a reset forgets what was said before it, and is done on the next page if this one is left", async () => {
  const first = await opened();
  panelAnswers({ kept: true }, GATEWAY, first.panel);
  call("identify", { token: "a.b.c" });
  call("reset");
  expect(told(first.posted)).toEqual([[3, "reset", undefined, undefined]]);
  await nextPage();
  const { posted, panel } = arrived();
  expect(told(posted)).toEqual([[1, "reset"]]);
  expect(posted[0]?.message.kept).toBe(false);
  panelAnswers({ heard: 1 }, GATEWAY, panel);
  panelAnswers({ kept: false, handle: null }, GATEWAY, panel);
  await nextPage();
  expect(frame()).toBeNull();
});

test("where no panel ever was, a reset loads none", async () => {
  await load();
  call("reset");
  await settled();
  expect(frame()).toBeNull();
});

test("the page keeps what the panel gives it, and gives it back on the next page", async () => {
  const { panel } = await opened();
  panelAnswers({ kept: true, handle: "opaque-1" }, GATEWAY, panel);
  await nextPage();
  const next = arrived();
  expect(next.posted[0]?.message.handle).toBe("opaque-1");
  panelAnswers({ handle: null }, GATEWAY, next.panel);
  expect(next.posted.at(-1)?.message.handle).toBe("");
});

test("where storage is forbidden the chat still opens", async () => {
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("no", "SecurityError");
  });
  const { posted } = await opened();
  expect(posted[0]?.message).toMatchObject({ open: true, kept: false });
});

test("on pages that are hidden from it there is no chat, wherever the page came from", async () => {
  history.replaceState(null, "", "/checkout/pay");
  await load({ hide: "/cart, /checkout*" });
  const box = launcher().parentElement as HTMLElement;
  expect(box.hidden).toBe(true);
  call("open");
  await settled();
  expect(frame()).toBeNull();
  history.replaceState(null, "", "/shoes");
  window.dispatchEvent(new PopStateEvent("popstate"));
  await settled();
  expect([box.hidden, frame()?.hidden]).toEqual([false, false]);
  history.replaceState(null, "", "/cart");
  window.dispatchEvent(new PopStateEvent("popstate"));
  expect([box.hidden, launcher().ariaExpanded]).toEqual([true, "false"]);
  history.replaceState(null, "", "/cartoons");
  window.dispatchEvent(new PopStateEvent("popstate"));
  expect(box.hidden).toBe(false);
});

test("the tag's own look wins over the store's", async () => {
  config = { ...CONFIG, accent: "#aa0000", scheme: "light", hide: "/" };
  const { posted } = await opened({ accent: "#00aa00", position: "left", x: "4", hide: "/other" });
  const style = (name: string) => hosts()[0]?.style.getPropertyValue(`--${name}`);
  expect(["fill", "left", "right", "y"].map(style)).toEqual(["#00aa00", "4px", "", "20px"]);
  expect(posted[0]?.message.look).toEqual({ accent: "#00aa00", scheme: "light" });
});

test("the shop's own button opens and shuts the panel, and ours is not shown", async () => {
  document.body.innerHTML = `<a id="help"><b>Help</b></a>`;
  await load({ launcher: "#help" });
  expect(launcher().hidden).toBe(true);
  document.body.querySelector("b")?.click();
  await settled();
  expect(frame()?.hidden).toBe(false);
  document.body.querySelector("b")?.click();
  expect(frame()?.hidden).toBe(true);
});

test("another language is fetched when the page asks for it, before and after the panel came", async () => {
  const { panel } = await opened();
  panelAnswers({}, GATEWAY, panel);
  call("setLocale", "de");
  await settled();
  expect(launcher().ariaLabel).toBe("Mit Acme support chatten");
  expect(frame()?.src).toBe(`${GATEWAY}/de`);
  expect(frame()?.hidden).toBe(false);
});

test("a page of another language asks for that", async () => {
  document.documentElement.lang = "de";
  await load();
  document.documentElement.lang = "";
  expect(launcher().parentElement?.lang).toBe("de");
});

test("what the panel warns of is read by whoever builds the shop", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { panel } = await opened();
  panelAnswers({ warn: "identify was not taken" }, GATEWAY, panel);
  expect(warn).toHaveBeenCalledWith("Onethread:", "identify was not taken");
});

test("two hundred stray messages from the page and from other frames do nothing", async () => {
  const { posted, panel } = await opened();
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const before = hosts()[0]?.shadowRoot?.innerHTML;
  const counted = posted.length;
  for (const data of strayMessages()) {
    for (const [origin, source] of [
      ["https://shop.example", window],
      ["https://evil.example", panel],
      [GATEWAY, {}],
    ] as const) {
      const event = new MessageEvent("message", { data, origin });
      Object.defineProperty(event, "source", { value: source });
      window.dispatchEvent(event);
    }
  }
  expect(hosts()[0]?.shadowRoot?.innerHTML).toBe(before);
  expect([posted.length, localStorage.length, warn.mock.calls]).toEqual([counted, 0, []]);
});
