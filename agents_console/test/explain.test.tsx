import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AgentHears, Way } from "../../widget/link/protocol.gen";
import { next } from "../src/composer/menu";
import { now, second } from "../src/time";
import { answers, atVeras, find, home, press, settle, Wire, write } from "./house";
import { Pen } from "./scene";

const SMS: Way = {
  address_id: "a1",
  channel: "sms",
  to: "••• 12",
  verdict: "open",
  sentence: "",
  until: null,
};
const MAIL: Way = {
  address_id: "a2",
  channel: "email",
  to: "v•••@example.org",
  verdict: "stopped",
  sentence: "they said STOP here",
  until: null,
};

function route(): AgentHears {
  const at = Date.now() + 20_000;
  return {
    t: "route",
    conversation_id: "c1",
    channel: "sms",
    at,
    presence: "gone",
    sentence: "Vera left; SMS to ••• 12 in 20 s.",
    steps: [{ channel: "sms", to: "••• 12", at, form: "words", sentence: "" }],
    ways: [SMS, MAIL],
  };
}

function waiting(): AgentHears {
  return {
    t: "reach",
    conversation_id: "c1",
    side: "shopper",
    state: "waiting",
    due_at: Date.now() + 20_000,
    sentence: "Waits; then by SMS to ••• 12 because Vera left the page.",
    decision_id: "d1",
  };
}

async function atTheRoute(): Promise<Wire> {
  const pen = new Pen();
  pen.vera("Is the blue one back?");
  const wire = await atVeras(pen);
  await wire.tell(route());
  return wire;
}

async function key(name: string): Promise<void> {
  await act(() => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  });
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  // Nobody moves them here, and it may be long since they were made.
  now.value = second.value = Date.now();
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

describe("how this goes", () => {
  test("a way that Ada chooses is for one answer, and can be taken back before", async () => {
    const wire = await atTheRoute();
    await press("#how-this-goes");
    await press("[role=menuitemradio]", "Send now by SMS to ••• 12");
    expect(find(".chip").textContent).toContain("By SMS now to ••• 12");
    await press(".chip-remove");
    expect(document.querySelector(".chip")).toBeNull();

    await press("#how-this-goes");
    await press("[role=menuitemradio]", "Chat only");
    await write("Look at your order page");
    expect(wire.last("send").wish).toEqual({
      kind: "chat_only",
      address_id: null,
      until: null,
      delivery_id: null,
    });
    await write("And one more thing");
    expect(wire.last("send").wish).toBeNull();
  });

  test("a barred way says why, can be read by keyboard, and cannot be chosen", async () => {
    await atTheRoute();
    await press("#how-this-goes");
    const barred = find("[role=menuitemradio]", "Send now by e-mail");
    expect(barred.getAttribute("aria-disabled")).toBe("true");
    expect(barred.textContent).toContain("they said STOP here");
    await act(() => barred.click());
    expect(document.querySelector(".chip")).toBeNull();
    expect(find("[role=menu]").textContent).toContain("Chat only");
  });

  test("the keyboard opens it, walks it, and comes back to where it was", async () => {
    const wire = await atTheRoute();
    await key("h");
    expect(document.activeElement?.textContent).toContain("As usual");
    await key("ArrowDown");
    expect(document.activeElement?.textContent).toContain("Send now by SMS");
    await key("e");
    expect(wire.said.some((frame) => frame.t === "resolve")).toBe(false);
    await key("Escape");
    expect(document.querySelector("[role=menu]")).toBeNull();
    expect(document.activeElement?.id).toBe("how-this-goes");
  });

  test("not before tomorrow morning goes along with the answer", async () => {
    const wire = await atTheRoute();
    await press("#how-this-goes");
    await press("[role=menuitemradio]", "Not before");
    expect(find("dialog").textContent).toContain("These times are yours");
    await press("dialog button", "Tomorrow morning");
    expect(find(".chip").textContent).toContain("Not before tomorrow");
    await write("Your parcel leaves tomorrow");
    const { wish } = wire.last("send");
    expect(wish?.kind).toBe("not_before");
    expect(new Date(wish?.until ?? 0).getHours()).toBe(9);
  });

  test("a note goes nowhere, so there is nothing to choose, and the wish is kept", async () => {
    const wire = await atTheRoute();
    await press("#how-this-goes");
    await press("[role=menuitemradio]", "Chat only");
    await press("button", "Note");
    expect(document.querySelector("#how-this-goes")).toBeNull();
    await write("She is in a hurry");
    expect(wire.last("send")).toMatchObject({ note: true, wish: null });
    await press("#note-toggle");
    expect(find(".chip").textContent).toContain("Chat only");
  });

  test("for what already waits a choice acts at once", async () => {
    const wire = await atTheRoute();
    await wire.tell(waiting());
    expect(find(".reach").textContent).toMatch(/the page\. in 2\d s/);
    await press(".reach button", "Change");
    await press("[role=menuitem]", "Send now by SMS");
    expect(wire.last("override")).toMatchObject({
      conversation_id: "c1",
      wish: { kind: "now", address_id: "a1" },
    });
    await wire.tell({
      t: "error",
      code: "conflict",
      message: "",
      about: "override",
      cmid: null,
      why: null,
    });
    expect(find(".toast").textContent).toContain("There is nothing left to bring");
  });

  test("a wish for what waits can be taken back, and nothing is offered where none is", async () => {
    const pen = new Pen();
    pen.ada("Look at your order page");
    const wire = await atVeras(pen);
    const wish = pen.event("override", { kind: "chat_only", agent: "Ben", seqs: [1] });
    await wire.tell(route(), waiting());
    await press(".reach button", "Change");
    expect(find("[role=menu]").textContent).not.toContain("As usual");
    await press(".reach button", "Change");
    await wire.tell({ t: "entry", conversation_id: "c1", entry: wish });
    await press(".reach button", "Change");
    await press("[role=menuitem]", "As usual");
    expect(wire.last("override")).toMatchObject({
      conversation_id: "c1",
      wish: { kind: "as_usual", address_id: null, until: null, delivery_id: null },
    });
  });

  test("what may have gone out goes once more at a risk that the button names, or by mail", async () => {
    const pen = new Pen();
    pen.ada("Yes, in 38.");
    pen.delivery("lost", "unknown", { to: SMS.to });
    const wire = await atVeras(pen);
    const ways = [SMS, { ...MAIL, verdict: "open", sentence: "" }];
    await wire.tell({ ...route(), ways } as AgentHears);
    expect(find(".delivery").textContent).toContain("it may have gone out");
    expect(find(".doubt button", "Send it again").textContent).toContain("Vera may get it twice");
    await press(".doubt button", "Send it again");
    expect(wire.last("override").wish).toEqual({
      kind: "resend",
      address_id: null,
      until: null,
      delivery_id: "lost",
    });
    await press(".doubt button", "Try e-mail instead");
    expect(wire.last("override").wish).toMatchObject({
      kind: "now",
      address_id: "a2",
      delivery_id: "lost",
    });
    const wish = { kind: "resend", agent: "Ada", seqs: [1], delivery_id: "lost" };
    const entry = pen.event("override", { ...wish, channel: "sms", to: SMS.to });
    await wire.tell({ t: "entry", conversation_id: "c1", entry });
    expect(find(".event").textContent).toContain("Ada: once more by SMS, to ••• 12");
    expect(() => find(".doubt button", "Send it again")).toThrow();
  });

  test("once more is barred where the way is shut, and the button says why", async () => {
    const pen = new Pen();
    pen.ada("Yes, in 38.");
    pen.delivery("lost", "unknown", { channel: "email", to: MAIL.to });
    const wire = await atVeras(pen);
    await wire.tell({ ...route(), ways: [MAIL] } as AgentHears);
    const button = find(".doubt button", "Send it again");
    expect(button.getAttribute("aria-disabled")).toBe("true");
    expect(button.textContent).toContain("they said STOP here");
    await press(".doubt button", "Send it again");
    expect(() => wire.last("override")).toThrow();
  });

  test.each([
    ["ArrowDown", 4, 0],
    ["ArrowUp", 0, 4],
    ["Home", 3, 0],
    ["End", 0, 4],
    ["x", 2, null],
  ])("in a menu of five %s leads from %i to %s", (name, from, to) => {
    expect(next(name, from, 5)).toBe(to);
  });
});

describe("an answer that crosses another one", () => {
  async function overtaken(pen: Pen) {
    pen.vera("Hi");
    const wire = await atVeras(pen);
    await write("Hello Vera");
    const { cmid } = wire.last("send");
    const entry = pen.ada("Hi, Ben here", {
      author: { side: "staff", id: "ben", name: "Ben", face: null },
    });
    await wire.tell(
      { t: "entry", conversation_id: "c1", entry },
      {
        t: "error",
        code: "stale",
        message: "Ben has just answered.",
        about: "send",
        cmid,
        why: null,
      },
    );
    await settle();
    return { wire, cmid };
  }

  test("is not sent; Ada sees Ben's and sends hers anyway, as the same message", async () => {
    const { wire, cmid } = await overtaken(new Pen());
    const dialog = find("dialog");
    expect(dialog.textContent).toContain("Ben has just answered. Send anyway?");
    expect(dialog.textContent).toMatch(/Hi, Ben here.*Hello Vera/s);
    await press("dialog button", "Send anyway");
    expect(wire.last("send")).toMatchObject({
      cmid,
      body: "Hello Vera",
      anyway: true,
      seen_seq: 2,
    });
    expect(document.querySelector("dialog")).toBeNull();
    expect(find(".letter").textContent).toContain("Sending…");
  });

  test("when Ada looks first her words stay, to be sent or changed", async () => {
    const { wire } = await overtaken(new Pen());
    await press("dialog button", "Look first");
    expect(document.querySelector("dialog")).toBeNull();
    expect(find(".letter").textContent).toContain("Send anyway");
    expect(wire.said.filter((frame) => frame.t === "send")).toHaveLength(1);
    await press(".letter button", "Edit");
    expect(find<HTMLTextAreaElement>("#composer").value).toBe("Hello Vera");
    expect(document.querySelector(".letter")).toBeNull();
  });

  test("when Vera wrote, she is the one who is named", async () => {
    const pen = new Pen();
    pen.vera("Hi");
    const wire = await atVeras(pen);
    await write("Hello Vera");
    const entry = pen.vera("Never mind, found it");
    await wire.tell(
      { t: "entry", conversation_id: "c1", entry },
      {
        t: "error",
        code: "stale",
        message: "",
        about: "send",
        cmid: wire.last("send").cmid,
        why: null,
      },
    );
    await settle();
    expect(find("dialog").textContent).toContain("Vera has just written. Send anyway?");
  });
});
