/** What Ada asks for is there at once: the rest of the page stands still, or comes a moment later. */

import { options, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeskScreen } from "../src/desk/screen";
import { Inbox } from "../src/inbox/inbox";
import { Rail } from "../src/rail/rail";
import { FIRST_DRAWN } from "../src/thread/last-first";
import { answers, atVeras, find, home, press, settle, signedIn, snapshot, Wire } from "./house";
import { Pen } from "./scene";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
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

async function key(name: string, more: KeyboardEventInit = {}): Promise<boolean> {
  const at = document.activeElement ?? document.body;
  const event = new KeyboardEvent("keydown", {
    key: name,
    bubbles: true,
    cancelable: true,
    ...more,
  });
  await act(() => {
    at.dispatchEvent(event);
  });
  await settle();
  return event.defaultPrevented;
}

function long(n: number): Pen {
  const pen = new Pen();
  for (let each = 1; each <= n; each++) pen.vera(`Word ${each} of many`);
  return pen;
}

function seqs(): number[] {
  return [...document.querySelectorAll<HTMLElement>(".log .message")].map((line) =>
    Number(line.dataset.seq),
  );
}

describe("the palette", () => {
  test("stands over a page of which nothing is drawn anew", async () => {
    await atVeras(long(2));
    const drawn: unknown[] = [];
    const before = options.diffed;
    options.diffed = (node) => {
      drawn.push(node.type);
      before?.(node);
    };
    await key("k", { ctrlKey: true });
    options.diffed = before;
    expect(find("dialog[open]").getAttribute("aria-modal")).toBe("true");
    expect(find("dialog h2").textContent).toBe("What would you like to do?");
    for (const other of [DeskScreen, Rail, Inbox]) expect(drawn).not.toContain(other);
  });

  test("keeps the focus: Tab goes round in it, and nothing behind it takes any", async () => {
    await atVeras(long(2));
    await key("k", { ctrlKey: true });
    const [close, field] = [find("dialog button"), find("dialog input")];
    field.focus();
    expect(await key("Tab")).toBe(true);
    expect(document.activeElement).toBe(close);
    expect(await key("Tab")).toBe(false);
    expect(await key("Tab", { shiftKey: true })).toBe(true);
    expect(document.activeElement).toBe(field);
    await act(() => find("#composer").focus());
    expect(document.activeElement).toBe(field);
  });

  test("goes at Escape, wherever the focus is, and at a press beside it", async () => {
    await atVeras(long(2));
    await key("k", { ctrlKey: true });
    await act(() => find("dialog input").blur());
    await key("Escape");
    expect(document.querySelector("dialog")).toBeNull();
    await key("k", { ctrlKey: true });
    await press("dialog .palette");
    expect(document.querySelector("dialog")).not.toBeNull();
    await press(".veil");
    expect(document.querySelector("dialog")).toBeNull();
  });

  test("leaves the keys to a dialog that opened over it, wherever the focus is", async () => {
    await atVeras(long(2));
    await key("k", { ctrlKey: true });
    const over = document.createElement("dialog");
    over.open = true;
    document.body.append(over);
    await act(() => find("dialog input").blur());
    expect([await key("Tab"), await key("Escape")]).toEqual([false, false]);
    expect(document.querySelector(".veil")).not.toBeNull();
    over.remove();
    await key("Escape");
    expect(document.querySelector(".veil")).toBeNull();
  });
});

describe("a long thread", () => {
  const opened = async (hash: string, complete: boolean): Promise<Wire> => {
    location.hash = hash;
    const wire = await signedIn();
    await wire.tell({ ...snapshot(long(40).entries), complete } as Parameters<Wire["tell"]>[0]);
    return wire;
  };

  test("shows its end first and then the rest, and reads aloud only what comes after", async () => {
    const wire = await opened("#/open/acme/c1", false);
    const all = Array.from({ length: 40 }, (_, n) => n + 1);
    expect(seqs()).toEqual(all.slice(-FIRST_DRAWN));
    expect(find(".log").getAttribute("aria-live")).toBe("off");
    // It only looks short: nobody has come to its beginning.
    expect(wire.said.filter(({ t }) => t === "earlier")).toEqual([]);
    await settle(100);
    expect(seqs()).toEqual(all);
    await settle(100);
    expect(find(".log").getAttribute("aria-live")).toBe("polite");
    expect(wire.said.filter(({ t }) => t === "earlier")).toHaveLength(1);
  });

  test("is whole at once where the address names an entry of it", async () => {
    await opened("#/open/acme/c1/3", true);
    expect(seqs()).toContain(3);
    await settle(100);
    expect(find(".found-line").dataset.seq).toBe("3");
  });
});
