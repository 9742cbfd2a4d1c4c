import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CannedBook, CannedFact } from "../src/canned/shelf";
import { remember } from "../src/composer/send-mode";
import { desk, key, sent, type, words } from "./field";
import { answers, asked, find, home, press, settle, Wire, write } from "./house";
import { NOON } from "./scene";

const CANNED = "/api/stores/acme/canned";

function book(...canned: Partial<CannedFact>[]): CannedBook {
  return {
    store: "Acme",
    language: "en",
    languages: ["en", "de"],
    may_change: true,
    canned: canned.map((each, n) => ({
      canned_id: `k${n}`,
      own: false,
      shortcut: `k${n}`,
      name: "A reply",
      bodies: { en: "Words" },
      resolves: false,
      version: 1,
      changed_at: NOON,
      ...each,
    })),
  };
}

const HELLO = {
  shortcut: "hello",
  name: "Greeting",
  bodies: { en: "Hi {{shopper.first_name}}, {{agent.first_name}} here." },
};
const BYE = { shortcut: "bye", name: "Goodbye", bodies: { en: "Bye!" }, resolves: true };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  asked.length = 0;
  sessionStorage.clear();
  remember("send");
  location.hash = "";
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("canned replies", () => {
  test("a slash lists them, the keys choose one, and it is filled with what is known", async () => {
    answers.set(CANNED, [200, book(BYE, HELLO)]);
    await desk();
    await type("/");
    expect(find("[role=listbox]").getAttribute("aria-label")).toBe("Canned replies");
    await key("ArrowDown");
    expect(find("[aria-selected=true]").textContent).toContain("/hello");
    expect(find("#composer").getAttribute("aria-activedescendant")).toBe(
      find("[aria-selected=true]").id,
    );
    await key("Enter");
    expect(words()).toBe("Hi {{shopper.first_name}}, Ada here.");
    expect(document.querySelector("[role=listbox]")).toBeNull();
  });

  test("a gap is selected, and nothing with one is sent unasked", async () => {
    answers.set(CANNED, [200, book(HELLO)]);
    const wire = await desk();
    await type("/hel");
    await key("Enter");
    const area = find<HTMLTextAreaElement>("#composer");
    expect(words().slice(area.selectionStart, area.selectionEnd)).toBe("{{shopper.first_name}}");
    await key("Enter");
    expect(sent(wire)).toHaveLength(0);
    expect(find("dialog").textContent).toContain("shopper.first_name");
    await press("dialog button", "Send it as it is");
    expect(sent(wire)).toHaveLength(1);
  });

  test("one that resolves says so at the button, and the answer ends the conversation", async () => {
    answers.set(CANNED, [200, book(BYE)]);
    const wire = await desk();
    await type("/bye");
    await key("Enter");
    expect(find(".send [type=submit]").textContent).toBe("Send, resolve");
    await key("Enter");
    expect(wire.last("send")).toMatchObject({ body: "Bye!", resolve: true });
    await write("Again");
    expect(wire.last("send").resolve).toBe(false);
  });

  test("Escape leaves the letters as they are, and Enter sends them then", async () => {
    answers.set(CANNED, [200, book(BYE)]);
    const wire = await desk();
    await type("/bye");
    await key("Escape");
    expect(document.querySelector("[role=listbox]")).toBeNull();
    await key("Enter");
    expect(wire.last("send").body).toBe("/bye");
  });

  test("where there are none it is said, with the way to write one", async () => {
    answers.set(CANNED, [200, book()]);
    await desk();
    await type("/");
    expect(find(".suggest").textContent).toContain("There are no canned replies yet.");
    expect(find(".suggest a").getAttribute("href")).toBe("#/canned/acme");
  });
});

describe("the screen of canned replies", () => {
  async function screen(found: CannedBook): Promise<void> {
    answers.set(CANNED, [200, found]);
    await desk();
    location.hash = "#/canned/acme";
    window.dispatchEvent(new HashChangeEvent("hashchange"));
    await settle();
    await act(() => vi.dynamicImportSettled());
    await settle();
  }

  test("one is written, with what is filled in by itself", async () => {
    await screen(book());
    expect(home.textContent).toContain("There are no canned replies yet.");
    await press("main button", "New canned reply");
    const [shortcut, name] = [
      ...document.querySelectorAll<HTMLInputElement>("dialog .field input"),
    ];
    for (const [input, value] of [
      [shortcut, "hi"],
      [name, "Greeting"],
    ] as const) {
      if (!input) throw new Error("no field");
      await act(() => {
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    await press("dialog .chip-button", "First name");
    answers.set(CANNED, [201, book({ ...HELLO, shortcut: "hi" })]);
    await press("dialog button", "Save");
    expect(asked.at(-1)?.body).toEqual({
      shortcut: "hi",
      name: "Greeting",
      bodies: { en: "{{shopper.first_name}}" },
      own: false,
      resolves: false,
    });
    expect(find(".canned-row").textContent).toContain("/hi");
    expect(document.querySelector("dialog[open]")).toBeNull();
  });

  test("a refusal stands at the form, and nothing that was typed is lost", async () => {
    await screen(book(HELLO));
    await press(".canned-row button", "Edit");
    answers.set(`${CANNED}/k0`, [409, { code: "conflict", message: "/hello is taken" }]);
    await press("dialog button", "Save");
    expect(find("dialog [role=alert]").textContent).toBe("/hello is taken");
    expect(find<HTMLTextAreaElement>("dialog textarea").value).toBe(HELLO.bodies.en);
  });

  test("one is found by its words, deleted, and brought back", async () => {
    await screen(book(HELLO, BYE));
    const search = find<HTMLInputElement>("input[type=search]");
    await act(() => {
      search.value = "goodb";
      search.dispatchEvent(new Event("input", { bubbles: true }));
    });
    expect(document.querySelectorAll(".canned-row")).toHaveLength(1);
    answers.set(`${CANNED}/k1`, [200, book(HELLO)]);
    await press(".canned-row button", "Delete");
    expect(find(".toast").textContent).toContain("/bye is gone.");
    await press(".toast button", "Undo");
    expect(asked.at(-1)).toMatchObject({ method: "POST", url: CANNED });
    expect(asked.at(-1)?.body).toMatchObject({ shortcut: "bye", resolves: true });
  });

  test("who owns nothing changes only their own", async () => {
    await screen({ ...book(HELLO, { ...BYE, own: true }), may_change: false });
    expect(document.querySelectorAll(".canned-acts")).toHaveLength(1);
    expect(home.textContent).toContain("for an owner to change");
  });
});
