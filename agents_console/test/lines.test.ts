import { describe, expect, test } from "vitest";
import { outcome, tone, what } from "../src/thread/delivery";
import { told } from "../src/thread/event";
import { changeable, type Line, lastOwn, lines } from "../src/thread/lines";
import { NOON, Pen } from "./scene";

function shape(all: readonly Line[]): string[] {
  return all.filter((line) => line.is !== "day").map((line) => line.is);
}

function onlyDelivery(pen: Pen) {
  const found = lines(pen.entries).filter((line) => line.is === "delivery");
  expect(found).toHaveLength(1);
  const [line] = found;
  if (line?.is !== "delivery") throw new Error("no delivery line");
  return line;
}

describe("deliveries folded to one line each", () => {
  test("all states of one delivery are one line, where it began, in its latest state", () => {
    const pen = new Pen();
    pen.ada("Back in 38!");
    const began = pen.delivery("d", "queued");
    pen.delivery("d", "submitting", { to: "", decision_id: null });
    pen.vera("Thanks", { channel: "sms" });
    const ended = pen.delivery("d", "delivered", { seqs: [] });
    expect(shape(lines(pen.entries))).toEqual(["message", "delivery", "message"]);
    const { delivery } = onlyDelivery(pen);
    expect(delivery).toMatchObject({ state: "delivered", seqs: [1], decisionId: "d1" });
    expect([delivery.at, delivery.since]).toEqual([began.at, ended.at]);
    expect(what(delivery)).toBe("By SMS to Vera, +47 911 22 333");
    expect(outcome(delivery)).toBe("delivered");
  });

  test("a plan that gave way to a better one is not shown, and moves nothing", () => {
    const pen = new Pen();
    pen.vera("Hi");
    pen.ada("Hello");
    pen.delivery("mail", "queued", { channel: "email" });
    pen.delivery("mail", "superseded", { channel: "email" });
    pen.delivery("text", "sent");
    const line = onlyDelivery(pen);
    expect(line.delivery.id).toBe("text");
    expect(line.knot).toBe(true);
  });

  test("a failure says why in plain words", () => {
    const pen = new Pen();
    pen.ada("Hello");
    pen.delivery("d", "bounced", { channel: "email", words: "the mailbox is full" });
    const { delivery, knot } = onlyDelivery(pen);
    expect(outcome(delivery)).toBe("came back: the mailbox is full");
    expect(tone(delivery)).toBe("danger");
    expect(knot).toBe(false);
  });

  test("a state that this console does not know promises nothing", () => {
    const pen = new Pen();
    pen.delivery("d", "teleported");
    expect(outcome(onlyDelivery(pen).delivery)).toBe("it may have gone out");
  });

  test("telling Ada by SMS is a line, but does not move Vera's conversation", () => {
    const pen = new Pen();
    pen.vera("Anybody?");
    pen.delivery("d", "sent", { side: "staff", person: "Ada", to: "+47 455" });
    const { delivery, knot } = onlyDelivery(pen);
    expect(what(delivery)).toBe("Told Ada, +47 455 by SMS");
    expect(knot).toBe(false);
  });
});

describe("knots, where the conversation moves", () => {
  test("there is one when Vera continues by SMS, and one when she is back", () => {
    const pen = new Pen();
    pen.vera("Hi");
    pen.vera("From the bus", { channel: "sms" });
    pen.vera("Still on the bus", { channel: "sms" });
    pen.vera("Home again");
    const knots = lines(pen.entries).filter((line) => line.is === "knot");
    expect(knots.map((knot) => knot.is === "knot" && knot.channel)).toEqual(["sms", "chat"]);
  });

  test("a conversation that begins by mail has moved nowhere", () => {
    const pen = new Pen();
    pen.vera("My order", { channel: "email" });
    expect(shape(lines(pen.entries))).toEqual(["message"]);
  });

  test("after a delivery by SMS her answer by SMS is no second knot", () => {
    const pen = new Pen();
    pen.vera("Hi");
    pen.ada("Hello");
    pen.delivery("d", "delivered", { seqs: [2] });
    pen.event("carried", { channel: "sms", seqs: [2] });
    pen.vera("Got it", { channel: "sms" });
    expect(shape(lines(pen.entries))).toEqual(["message", "message", "delivery", "message"]);
  });

  test("a second message that goes by SMS too is a line, but no second knot", () => {
    const pen = new Pen();
    pen.ada("Hello");
    pen.delivery("first", "delivered", { seqs: [1] });
    pen.ada("One more thing");
    pen.delivery("second", "delivered", { seqs: [3] });
    const found = lines(pen.entries).filter((line) => line.is === "delivery");
    expect(found.map((line) => line.is === "delivery" && line.knot)).toEqual([true, false]);
  });

  test("carried alone, its delivery being on an earlier page, is told as a knot", () => {
    const pen = new Pen();
    pen.ada("Hello");
    pen.event("carried", { channel: "sms", seqs: [1] });
    expect(shape(lines(pen.entries))).toEqual(["message", "knot"]);
  });
});

describe("messages in the thread", () => {
  test("only the first of a row by the same author says who, and a note begins anew", () => {
    const pen = new Pen();
    pen.ada("One");
    pen.ada("Two");
    pen.ada("For us", { kind: "note" });
    pen.vera("Three");
    const firsts = lines(pen.entries).map((line) => "first" in line && line.first);
    expect(firsts.slice(1)).toEqual([true, false, true, true]);
  });

  test("each day begins with its date", () => {
    const pen = new Pen();
    pen.vera("Tuesday", { at: NOON });
    pen.vera("Thursday", { at: NOON + 48 * 3_600_000 });
    expect(lines(pen.entries).map((line) => line.is)).toEqual(["day", "message", "day", "message"]);
  });

  test("Sent or Seen stands below the last message of our side, not below a note", () => {
    const pen = new Pen();
    const last = pen.ada("Hello");
    pen.ada("She is in a hurry", { kind: "note" });
    pen.ada("We are closed", { automatic: true });
    pen.vera("Hi");
    expect(lastOwn(pen.entries)).toBe(last);
  });
});

describe("what Ada may still change or take back", () => {
  test("is hers, unread, and handed over nowhere; her notes at any time", () => {
    const pen = new Pen();
    pen.vera("Is it back?");
    const read = pen.ada("Let me look");
    const note = pen.ada("Ask the warehouse", { kind: "note" });
    const texted = pen.ada("In 38!");
    const waits = pen.ada("In blue");
    pen.delivery("d", "accepted", { seqs: [texted.seq] });
    pen.delivery("e", "queued", { seqs: [waits.seq] });
    pen.ada("Ben's", { author: { side: "staff", id: "ben", name: "Ben", face: null } });
    expect([...changeable(pen.entries, read.seq, "ada")]).toEqual([note.id, waits.id]);
  });

  test("a delivery that came to nothing has brought nothing, and a knock has no words", () => {
    const pen = new Pen();
    const first = pen.ada("In 38!");
    pen.delivery("d", "submitting");
    pen.delivery("d", "failed", { seqs: [] });
    pen.delivery("k", "accepted", { form: "knock", seqs: [first.seq] });
    expect([...changeable(pen.entries, 0, "ada")]).toEqual([first.id]);
  });

  test("what was taken back cannot be once more, and says neither Sent nor Seen", () => {
    const pen = new Pen();
    const first = pen.ada("In 38!");
    pen.ada("In 83!", { body: null, taken_back: true });
    expect([...changeable(pen.entries, 0, "ada")]).toEqual([first.id]);
    expect(lastOwn(pen.entries)?.id).toBe(first.id);
  });
});

describe("events in plain words", () => {
  test.each([
    ["resolved", {}, "Ada", "Ada resolved the conversation"],
    ["assigned", { agent_id: "bo", name: "Bo" }, "Ada", "Ada assigned this to Bo"],
    ["assigned", { agent_id: "ada", name: "Ada" }, "Ada", "Ada took the conversation"],
    ["assigned", { agent_id: null, name: null }, "Ada", "Assigned to nobody now"],
    [
      "override",
      { kind: "now", agent: "Ada", channel: "sms", to: "••• 12" },
      "",
      "Ada: by SMS now, to ••• 12",
    ],
    ["override", { kind: "chat_only", agent: "Ada" }, "", "Ada: chat only"],
    ["override", { kind: "as_usual", agent: "Ada" }, "", "Ada: as usual again"],
    [
      "override",
      { kind: "not_before", agent: "Ada", until: NOON },
      "",
      /^Ada: not before .*\d:\d\d/,
    ],
    ["consent", { what: "stopped", channel: "sms", to: "+47 9" }, "Vera", /nothing more goes to/],
    [
      "address",
      { what: "failed", channel: "email", to: "v@x", words: "no such mailbox" },
      "",
      /no such/,
    ],
  ])("%s %j", (event, data, name, words) => {
    const pen = new Pen();
    const id = name.toLowerCase();
    const side = name === "Ada" ? "staff" : name ? "shopper" : "system";
    const entry = pen.event(event, data, { author: { side, id, name, face: null } });
    expect(told(entry)).toMatch(words);
  });

  test("an event that this console does not know is left out", () => {
    expect(told(new Pen().event("levitated"))).toBeNull();
  });
});
