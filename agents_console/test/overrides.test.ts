import { expect, test } from "vitest";
import { leftInChat } from "../src/thread/overrides";
import { Pen } from "./scene";

test("what Ada left in the chat is known until Vera has seen it or Ada wants otherwise", () => {
  const pen = new Pen();
  pen.ada("Look at your order page");
  pen.event("override", { kind: "chat_only", agent: "Ada", seqs: [1] });
  expect(leftInChat(pen.entries, 0)).toEqual([1]);
  expect(leftInChat(pen.entries, 1)).toEqual([]);
  pen.event("override", { kind: "now", agent: "Ada", seqs: [1] });
  expect(leftInChat(pen.entries, 0)).toEqual([]);
});
