import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AgentHears, Later } from "../../widget/link/protocol.gen";
import { CALM_MS, LONGEST_MS } from "../src/composer/draft-sync";
import { remember } from "../src/composer/send-mode";
import { desk, key, sent, type, words } from "./field";
import {
  answers,
  asked,
  atVeras,
  begun,
  find,
  home,
  press,
  settle,
  snapshot,
  Wire,
  welcome,
  write,
} from "./house";
import { NOON, Pen } from "./scene";
import { pressedTwice } from "./twice";

function later(over: Partial<Later> = {}): AgentHears {
  const message: Later = {
    scheduled_id: "s1",
    agent_id: "ada",
    agent: "Ada Moreau",
    body: "Did they fit?",
    files: 0,
    due_at: Date.now() + 3_600_000,
    seen_seq: 1,
    state: "waiting",
    because: "",
    why: "",
    resolves: false,
    ...over,
  };
  return { t: "scheduled", conversation_id: "c1", messages: [message] };
}

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

describe("a note", () => {
  test("names a colleague by the keys, and the gateway is told whom it names", async () => {
    const wire = await desk();
    await press("#note-toggle");
    await type("@bo");
    expect(find("[role=option]").textContent).toContain("Bo Lind");
    await key("Tab");
    expect(words()).toBe("@Bo Lind ");
    await type("@Bo Lind do you know?");
    await key("Enter");
    expect(wire.last("send")).toMatchObject({ note: true, mentions: ["bo"], resolve: false });
  });

  test("Escape leaves the field once a name is chosen, though more was written after it", async () => {
    await desk();
    await press("#note-toggle");
    find("#composer").focus();
    await type("@Bo Lind do you know?");
    expect(document.activeElement?.id).toBe("composer");
    await key("Escape");
    expect(document.activeElement?.id).not.toBe("composer");
  });

  test("shows whom it names, and what stands out, without any HTML", async () => {
    const pen = new Pen();
    pen.add({
      kind: "note",
      author: { side: "staff", id: "bo", name: "Bo Lind" },
      audience: "staff",
      body: "@Ada Moreau *look*: <img src=x onerror=alert(1)>",
      data: { mentions: [{ agent_id: "ada", name: "Ada Moreau" }] },
    } as never);
    await atVeras(pen);
    expect(find(".note .mention").textContent).toBe("@Ada Moreau");
    expect(find(".note .bubble strong:not(.mention)").textContent).toBe("look");
    expect(document.querySelector(".bubble img")).toBeNull();
  });

  test("what a shopper typed is left as typed", async () => {
    const pen = new Pen();
    pen.vera("*really* _now_");
    await atVeras(pen);
    expect(find(".bubble").textContent).toBe("*really* _now_");
  });
});

describe("sending", () => {
  test("Ctrl Alt Enter asks until when, sends and snoozes, and can be undone", async () => {
    const wire = await desk();
    await type("The supplier says Tuesday");
    await key("Enter", { ctrlKey: true, altKey: true });
    await settle();
    expect(wire.said.some((frame) => frame.t === "send")).toBe(false);
    await press(".later-choices button", "Tomorrow");
    const { cmid, snooze_until: until } = wire.last("send");
    expect(until).toBeGreaterThan(Date.now());
    expect(wire.last("send")).toMatchObject({ body: "The supplier says Tuesday", resolve: false });
    const ack = { conversation_id: "c1", entry_id: "e9", seq: 1, at: Date.now(), dup: false };
    await wire.tell({ t: "ack", cmid, ...ack });
    expect(find(".toast").textContent).toContain("#7 is snoozed until");
    await press(".toast button", "Undo");
    expect(wire.last("bulk")).toMatchObject({
      on: [{ store_id: "acme", conversation_id: "c1" }],
      act: { kind: "snooze", until: null },
    });
  });

  test.each(["tries again", "is connected again"])(
    "what waited longer than it was to be snoozed goes out as it is once she %s",
    async (how) => {
      const wire = await desk();
      await type("The supplier says Tuesday");
      await key("Enter", { ctrlKey: true, altKey: true });
      await press(".later-choices button", "Tomorrow");
      const { cmid } = wire.last("send");
      vi.setSystemTime(Date.now() + 2 * 86_400_000);
      if (how === "tries again") {
        const error = { code: "bad_input", message: "", about: "send", why: null } as const;
        await wire.tell({ t: "error", cmid, ...error });
        await press(".failure button", "Try again");
      } else {
        await act(() => wire.onclose?.());
        await settle(1_000);
        Wire.latest.onopen?.();
        await Wire.latest.tell(welcome, snapshot([]));
      }
      expect(Wire.latest.last("send")).toMatchObject({ cmid, snooze_until: null });
    },
  );

  test("send and snooze as a habit asks each time, and a note snoozes nothing", async () => {
    remember("snooze");
    const wire = await desk();
    expect(find(".send [type=submit]").textContent).toBe("Send, snooze");
    await write("One");
    await settle();
    expect(find("dialog").textContent).toContain("Send, and snooze until");
    await press("dialog button[aria-label=Close]");
    expect(find<HTMLTextAreaElement>("#composer").value).toBe("One");
    await press("#note-toggle");
    await write("For us");
    expect(wire.last("send")).toMatchObject({ note: true, snooze_until: null });
  });

  test("Ctrl Shift Enter resolves once; the choice in the menu is remembered", async () => {
    const wire = await desk();
    await type("Yes.");
    await key("Enter", { ctrlKey: true, shiftKey: true });
    expect(wire.last("send")).toMatchObject({ body: "Yes.", resolve: true });
    await type("And no.");
    await press(".send-how");
    await press("[role=menuitemradio]", "Send and resolve");
    await key("Enter");
    expect(wire.last("send")).toMatchObject({ body: "And no.", resolve: true });
    expect(localStorage.getItem("onethread.send")).toBe("resolve");
  });

  test("later: it is kept by the gateway with what was on screen, and the field is empty", async () => {
    answers.set("/api/stores/acme/conversations/c1/later", [201, { scheduled_id: "s1" }]);
    const wire = await desk();
    await type("Did they fit?");
    await press(".send-how");
    await press("[role=menuitem]", "Send later");
    await press("dialog button", "In an hour");
    await settle();
    const { url, body } = asked.at(-1) ?? { url: "", body: {} };
    expect(url).toBe("/api/stores/acme/conversations/c1/later");
    expect(body).toMatchObject({ body: "Did they fit?", resolves: false, attachments: [] });
    expect(words()).toBe("");
    expect(sent(wire)).toHaveLength(0);
  });

  test("later: what was wished for it is wished for no other, though its draft goes first", async () => {
    const wish = { kind: "chat_only", address_id: null, until: null, delivery_id: null };
    const kept = { answer: "Did they fit?", note: "", noting: false, wish };
    sessionStorage.setItem("onethread.drafts.ada", JSON.stringify([["c1", kept]]));
    answers.set("/api/stores/acme/conversations/c1/later", [201, { scheduled_id: "s1" }]);
    const wire = await desk();
    await settle(CALM_MS);
    await press(".send-how");
    await press("[role=menuitem]", "Send later");
    await act(() => {
      find("dialog button", "In an hour").click();
      wire.onmessage?.({ data: JSON.stringify({ ...begun("answer"), elsewhere: true }) });
    });
    await settle();
    expect(asked.at(-1)?.body).toMatchObject({ wish });
    await write("Yes.");
    expect(wire.last("send")).toMatchObject({ body: "Yes.", wish: null });
  });

  test("later, refused: the words stay", async () => {
    answers.set("/api/stores/acme/conversations/c1/later", [
      400,
      { code: "bad_input", message: "no" },
    ]);
    await desk();
    await type("Did they fit?");
    await press(".send-how");
    await press("[role=menuitem]", "Send later");
    await press("dialog button", "In an hour");
    await settle();
    expect(words()).toBe("Did they fit?");
    expect(find(".toast").textContent).not.toBe("");
  });
});

describe("what is to be sent later", () => {
  test("stands at the thread's foot, and can be sent at once or taken back", async () => {
    const wire = await desk();
    await wire.tell(later());
    expect(find(".later-item").textContent).toContain("Did they fit?");
    answers.set("/api/stores/acme/later/s1/now", [200, {}]);
    await pressedTwice("/api/stores/acme/later/s1/now", ".later-item button", "Send now");
    expect(asked.at(-1)).toMatchObject({
      method: "POST",
      url: "/api/stores/acme/later/s1/now",
      body: { seen_seq: 1 },
    });
    answers.set("/api/stores/acme/later/s1", [200, {}]);
    await press(".later-item button", "Take back");
    expect(asked.at(-1)).toMatchObject({ method: "DELETE", url: "/api/stores/acme/later/s1" });
    await wire.tell({ t: "scheduled", conversation_id: "c1", messages: [] });
    expect(document.querySelector(".later-item")).toBeNull();
  });

  test("a colleague's can only be cancelled", async () => {
    const wire = await desk();
    await wire.tell(later({ agent_id: "bo", agent: "Bo Lind" }));
    expect(find(".later-when").textContent).toContain("Bo Lind");
    const acts = [...document.querySelectorAll(".later-item button")];
    expect(acts.map((each) => each.textContent)).toEqual(["Do not send"]);
  });

  test("what was held says why, and what will be is said before", async () => {
    const wire = await desk();
    await wire.tell(later({ seen_seq: 0 }));
    expect(find(".later-item").textContent).toContain("Somebody has written since");
    expect(find(".later-item button").textContent).toBe("Keep it");
    await wire.tell(later({ state: "held", because: "shopper" }));
    expect(find(".later-item.held").textContent).toContain("the shopper has written since");
    await wire.tell(later({ state: "held", because: "refused", why: "it goes on in #9" }));
    expect(find(".later-why").textContent).toContain("it goes on in #9");
  });
});

describe("drafts", () => {
  test("what is begun is kept calmly; what another device wrote comes, with a way back", async () => {
    const wire = await desk();
    await type("Yes");
    expect(wire.said.some((frame) => frame.t === "draft")).toBe(false);
    await settle(CALM_MS);
    expect(wire.last("draft")).toMatchObject({ kind: "answer", body: "Yes" });
    const frame = { t: "draft", conversation_id: "c1", kind: "answer", at: 0 } as const;
    await wire.tell({ ...frame, body: "Yes, in 38", elsewhere: true });
    expect(words()).toBe("Yes, in 38");
    await press(".elsewhere button", "Bring mine back");
    expect(words()).toBe("Yes");
  });

  test("what is begun while an answer is being stored does not go with that one's draft", async () => {
    const wire = await desk();
    await write("Yes.");
    await type("And the laces?");
    await settle(LONGEST_MS);
    expect(wire.said.some((frame) => frame.t === "draft")).toBe(false);
    const { cmid } = wire.last("send");
    const ack = { conversation_id: "c1", entry_id: "e2", seq: 2, at: NOON, dup: false };
    await wire.tell({ ...begun("answer"), elsewhere: true } as AgentHears);
    await wire.tell({ t: "ack", cmid, ...ack });
    await settle(CALM_MS);
    expect(words()).toBe("And the laces?");
    expect(wire.last("draft")).toMatchObject({ kind: "answer", body: "And the laces?" });
  });

  test("after a break nothing is said before it was heard what is there", async () => {
    const wire = await desk();
    await act(() => wire.onclose?.());
    await type("Yes");
    await settle(1_000);
    const next = Wire.latest;
    expect(next).not.toBe(wire);
    next.onopen?.();
    await next.tell(welcome, snapshot([]));
    await settle(LONGEST_MS);
    expect(next.said.some((frame) => frame.t === "draft")).toBe(false);
    await next.tell(begun("answer", "Yes, in 38"));
    expect(words()).toBe("Yes");
    expect(find(".elsewhere").textContent).toContain("You wrote something else here");
  });

  test("leaving the conversation says what was begun at once", async () => {
    const wire = await desk();
    await type("Yes");
    location.hash = "#/open";
    await act(() => void window.dispatchEvent(new HashChangeEvent("hashchange")));
    expect(wire.last("draft")).toMatchObject({ conversation_id: "c1", body: "Yes" });
  });
});
