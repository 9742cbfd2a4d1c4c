import { expect, test } from "vitest";
import { leftInChat, wished } from "../src/thread/overrides";
import { MINUTE, NOON, Pen } from "./scene";

test("a wish is in force until its hour, until Vera has seen it, or until it is taken back", () => {
  const pen = new Pen();
  pen.ada("In 38");
  pen.ada("And in 39");
  const until = NOON + 10 * MINUTE;
  pen.event("override", { kind: "not_before", agent: "Ada", seqs: [1, 2], until });
  expect([...wished(pen.entries, 0, NOON)]).toEqual([
    [1, "not_before"],
    [2, "not_before"],
  ]);
  expect(wished(pen.entries, 0, until).size).toBe(0);
  expect(wished(pen.entries, 2, NOON).size).toBe(0);
  pen.event("override", { kind: "as_usual", agent: "Ben", seqs: [1] });
  expect([...wished(pen.entries, 0, NOON)]).toEqual([[2, "not_before"]]);
});

test("what Ada left in the chat is known until Vera has seen it or Ada wants otherwise", () => {
  const pen = new Pen();
  pen.ada("Look at your order page");
  pen.event("override", { kind: "chat_only", agent: "Ada", seqs: [1] });
  expect(leftInChat(pen.entries, 0)).toEqual([1]);
  expect(leftInChat(pen.entries, 1)).toEqual([]);
  pen.event("override", { kind: "now", agent: "Ada", seqs: [1] });
  expect(leftInChat(pen.entries, 0)).toEqual([]);
});
