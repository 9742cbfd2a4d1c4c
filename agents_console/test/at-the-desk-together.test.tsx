import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answers, asked, atVeras, BO, find, home, press, settle, signedIn, Wire } from "./house";
import { NOON, Pen, row } from "./scene";

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  asked.length = 0;
  location.hash = "";
  localStorage.clear();
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const key = (name: string, target: EventTarget = document.body) =>
  act(() => {
    target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  });

async function type(selector: string, words: string): Promise<void> {
  const field = find<HTMLInputElement>(selector);
  await act(() => {
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const options = () =>
  [...document.querySelectorAll("[role=option]")].map((each) => each.textContent ?? "");

describe("Ada's duty", () => {
  test("she is away for an hour, and it says until when", async () => {
    const wire = await signedIn();
    expect(find(".duty-button").textContent).toContain("Online");
    await press(".duty-button");
    await press("[role=menuitemradio]", "Away");
    await press("[role=menuitem]", "For one hour");
    const said = wire.last("duty");
    expect(said).toEqual({ t: "duty", duty: "away", until: expect.any(Number) });
    expect(Math.round(((said.until ?? 0) - NOON) / 60_000)).toBe(60);
    expect(find(".duty-button").textContent).toMatch(/Away until/);
  });
  test("by her hours she is what the gateway says", async () => {
    const wire = await signedIn();
    await press(".duty-button");
    await press("[role=menuitemradio]", "By my hours");
    expect(wire.last("duty")).toEqual({ t: "duty", duty: "schedule", until: null });
    expect(find(".duty-button").textContent).toContain("Online");
    const ada = { ...BO, agent_id: "ada", name: "Ada", until: NOON + 60_000, by_schedule: true };
    await wire.tell({ t: "colleagues", colleagues: [ada, BO] });
    expect(find(".duty-button").textContent).toMatch(/Away.*until/);
  });
  test("a colleague's duty and face are seen as they change", async () => {
    const wire = await signedIn();
    expect(find(".colleague .face").getAttribute("aria-label")).toBe("Bo Lind: Away");
    const bo = { ...BO, duty: "do_not_disturb", face: "/faces/0a" } as const;
    await wire.tell({ t: "colleagues", colleagues: [bo] });
    expect(find(".colleague .face").getAttribute("aria-label")).toBe("Bo Lind: Do not disturb");
    expect(find(".colleague img").getAttribute("src")).toBe("/faces/0a");
  });
  test("who touched nothing for a while is shown as away, if she wished so, and comes back", async () => {
    localStorage.setItem("onethread.attention.ada", JSON.stringify({ away: 15 }));
    const wire = await signedIn();
    const pass = async (minutes: number) => {
      for (let each = 0; each < minutes * 4; each++) {
        await settle(15_000);
        await wire.tell({ t: "ping", n: each, at: Date.now() });
      }
    };
    await pass(14);
    expect(wire.said.some(({ t }) => t === "duty")).toBe(false);
    await pass(2);
    expect(wire.last("duty")).toMatchObject({ duty: "away", until: expect.any(Number) });
    await pass(10);
    expect(find(".toast").textContent).toContain("You have been away");
    await press(".toast button", "Undo");
    expect(wire.last("duty")).toEqual({ t: "duty", duty: "online", until: null });
  });
});

describe("giving Vera's conversation away", () => {
  const pen = () => {
    const written = new Pen();
    written.vera("Is the blue one back?");
    return written;
  };
  test("by keyboard: a, a name, Enter, a note, Ctrl Enter; and undone", async () => {
    const wire = await atVeras(pen());
    await key("a");
    expect(options()).toEqual(["AMMeOnline", "BLBo LindAway"]);
    await type("dialog [role=combobox]", "lin");
    expect(options()).toHaveLength(1);
    await key("Enter", find("dialog [role=combobox]"));
    await type("dialog textarea", "She asked twice.");
    await act(() => {
      find("dialog textarea").dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }),
      );
    });
    expect(wire.last("hand_over")).toEqual({
      t: "hand_over",
      store_id: "acme",
      conversation_id: "c1",
      agent_id: "bo",
      cmid: expect.stringMatching(/^[0-9a-f]{32}$/),
      note: "She asked twice.",
    });
    expect(document.querySelector("dialog")).toBeNull();
    expect(find(".toast").textContent).toContain("Bo Lind has it now.");
    await press(".toast button", "Undo");
    expect(wire.last("assign").agent_id).toBeNull();
  });
  test("the note has the keys before anything is painted, and no letter of it is lost", async () => {
    await atVeras(pen());
    await key("a");
    await type("dialog [role=combobox]", "lin");
    find("dialog [role=combobox]").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    // Drawn, and nothing more: no frame of the screen comes meanwhile.
    await vi.advanceTimersByTimeAsync(0);
    expect(document.activeElement).toBe(find("dialog textarea"));
  });
  test("without a note it is only assigned, and to oneself at once", async () => {
    const wire = await atVeras(pen());
    await press("#assign");
    await press("[role=option]", "Bo Lind");
    await press("dialog button", "Assign");
    expect(wire.last("assign").agent_id).toBe("bo");
    await press("#assign");
    await press("[role=option]", "Me");
    expect(wire.last("assign").agent_id).toBe("ada");
    expect(wire.said.some(({ t }) => t === "hand_over")).toBe(false);
  });
  test("the arrows move, and a name that nobody has says what to do", async () => {
    await atVeras(pen());
    await key("a");
    const field = find("dialog [role=combobox]");
    await key("ArrowDown", field);
    const chosen = find("[role=option][aria-selected=true]");
    expect(chosen.textContent).toContain("Bo Lind");
    expect(field.getAttribute("aria-activedescendant")).toBe(chosen.id);
    await type("dialog [role=combobox]", "zz");
    expect(find("dialog [role=status]").textContent).toContain("Nobody here is called “zz”");
  });
  test("without a connection the note stays where it was written", async () => {
    const wire = await atVeras(pen());
    await key("a");
    await press("[role=option]", "Bo Lind");
    await type("dialog textarea", "She asked twice.");
    await act(() => wire.onclose?.());
    await press("dialog button", "Hand over");
    expect(find<HTMLTextAreaElement>("dialog textarea").value).toBe("She asked twice.");
  });
});

describe("what happens while Ada looks elsewhere", () => {
  /** What the browser was asked to show, and what a click on it does. */
  const shown: { title: string; body: string; tag: string; onclick: (() => void) | null }[] = [];

  function browser(): void {
    shown.length = 0;
    class Shown {
      static permission = "granted";
      onclick: (() => void) | null = null;
      constructor(
        readonly title: string,
        options: { body: string; tag: string },
      ) {
        shown.push(Object.assign(this, options));
      }
      readonly body = "";
      readonly tag = "";
      close(): void {}
    }
    vi.stubGlobal("Notification", Shown);
    vi.stubGlobal("BroadcastChannel", undefined);
  }
  const wish = (wished: object) =>
    localStorage.setItem("onethread.attention.ada", JSON.stringify(wished));
  const asks = (unread: number) => ({
    t: "rows" as const,
    rows: [row({ conversation_id: "c9", unread, last_at: NOON })],
  });

  test("nothing is shown until she said so on this computer", async () => {
    browser();
    const wire = await signedIn();
    await wire.tell(asks(1));
    expect(shown).toEqual([]);
  });
  test("a new question is, with its words, one for each conversation, and leads there", async () => {
    browser();
    wish({ notify: true });
    const wire = await signedIn();
    await wire.tell(asks(1), asks(2));
    expect(shown.map(({ title, body, tag }) => [title, body, tag])).toEqual([
      ["Vera Larsen wrote", "Is the blue one back?", "c9"],
      ["Vera Larsen wrote", "Is the blue one back?", "c9"],
    ]);
    await act(() => shown[0]?.onclick?.());
    expect(location.hash).toBe("#/open/acme/c9");
  });
  test("without words it says neither who nor what", async () => {
    browser();
    wish({ notify: true, words: false });
    const wire = await signedIn();
    await wire.tell(asks(1));
    expect(shown.map(({ title, body }) => [title, body])).toEqual([["A shopper wrote", ""]]);
  });
  test("while she is not to be disturbed there is none", async () => {
    browser();
    wish({ notify: true });
    const wire = await signedIn();
    const ada = { ...BO, agent_id: "ada", duty: "do_not_disturb" } as const;
    await wire.tell({ t: "colleagues", colleagues: [ada] }, asks(1));
    expect(shown).toEqual([]);
  });
  test("leave is asked for by a click, and never before", async () => {
    browser();
    const request = vi.fn(async () => "denied");
    vi.stubGlobal("Notification", { permission: "default", requestPermission: request });
    await signedIn();
    answers.set("/api/me", [
      200,
      {
        agent: { agent_id: "ada", name: "Ada" },
        csrf: "t",
        name: "Ada",
        face: null,
        email: "a@b.example",
        hours: [],
        zone: "",
        on_call: 0,
        addresses: [],
      },
    ]);
    await press("button.self");
    await act(() => vi.dynamicImportSettled());
    await settle();
    expect(request).not.toHaveBeenCalled();
    await press(".own-alerts input[type=checkbox]");
    await settle();
    expect(request).toHaveBeenCalledTimes(1);
    expect(find(".own-alerts").textContent).toContain("Your browser forbids notifications");
    expect(find<HTMLInputElement>(".own-alerts input").checked).toBe(false);
  });
});
