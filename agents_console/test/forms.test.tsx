import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AddressFact, ShopperFact } from "../../widget/link/protocol.gen";
import { told } from "../src/thread/event";
import { answers, asked, atVeras, find, home, press, Wire } from "./house";
import { NOON, Pen, row } from "./scene";
import { pressedTwice } from "./twice";

const MAILBOX: AddressFact = {
  address_id: "ad1",
  channel: "email",
  value: "vera@shopper.example",
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
const VERA: ShopperFact = {
  shopper_id: "vera",
  name: "Vera Larsen",
  verified: false,
  presence: "reading",
  since: NOON,
  lost: false,
  page_url: null,
  page_title: null,
  addresses: [],
  earlier: 0,
  blocked: null,
  preference: [],
  language: "en",
  zone: "",
  identity: { sub: null, signed_at: null, vouched: [], claims: [], attributes: [], tracked: [] },
  answers: [],
};
const PATH = "/api/stores/acme/conversations/c1/transcript";

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

async function shown(over: Partial<ShopperFact>) {
  const wire = await atVeras(new Pen());
  await wire.tell({ t: "shopper", conversation_id: "c1", shopper: { ...VERA, ...over } });
  return wire;
}

const panel = () => find("aside.shopper").textContent ?? "";

describe("what Vera answered to the store's questions", () => {
  test("stands in her panel, and what she would rather not say as well", async () => {
    await shown({
      answers: [
        { asked: "Which order is it?", value: "<b>A-1042</b>", at: NOON },
        { asked: "What is it about?", value: null, at: NOON },
      ],
    });
    expect(panel()).toContain("Which order is it?<b>A-1042</b>");
    expect(panel()).toContain("What is it about?rather not say");
  });

  test("has no place there when nothing was asked", async () => {
    await shown({});
    expect(panel()).not.toContain("Answers to our questions");
  });
});

describe("how it went", () => {
  function rated(data: object, body: string | null = null) {
    const entry = new Pen().add({ kind: "event", event: "rated", data: { ...data }, body });
    return told(entry);
  }

  test("is told in the thread, with what she said", () => {
    expect(rated({ score: 4, of: 5, changed: false })).toBe("Vera rates it 4 of 5");
    expect(rated({ score: 5, of: 5, changed: true }, "It fits!")).toBe(
      "Vera now rates it 5 of 5: “It fits!”",
    );
    expect(rated({})).toBeNull();
  });

  test("stands on the conversation's row", async () => {
    const wire = await atVeras(new Pen());
    const rating = { score: 1, steps: 5 };
    await wire.tell({ t: "rows", rows: [row({ conversation_id: "c1", number: 7, rating })] });
    expect(find(".row-marks").textContent).toContain("Rated 1 of 5");
  });
});

describe("the conversation by mail", () => {
  test("goes to a proven mailbox, and the agent is told where to", async () => {
    answers.set(PATH, [202, { to: "v•••@shopper.example" }]);
    await shown({ addresses: [MAILBOX] });
    await pressedTwice(PATH, "button", "E-mail this conversation");
    expect(document.body.textContent).toContain("on its way to v•••@shopper.example");
  });

  test("asked for twice, says when it can be sent again", async () => {
    answers.set(PATH, [429, { code: "too_many", message: "" }]);
    await shown({ addresses: [MAILBOX] });
    await press("button", "E-mail this conversation");
    expect(document.body.textContent).toContain("Try again in ten minutes.");
  });

  test("is not offered where no mailbox is proven", async () => {
    await shown({ addresses: [{ ...MAILBOX, proven: false }] });
    expect(panel()).not.toContain("E-mail this conversation");
  });
});
