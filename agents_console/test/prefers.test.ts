import { expect, test } from "vitest";
import { told } from "../src/thread/event";
import { Pen } from "./scene";

test.each([
  [["email", "sms"], "Wants to be answered by e-mail first"],
  [["sms"], "Wants to be answered by SMS first"],
  [["chat"], "Wants to be answered in the chat, and nowhere else"],
  [[], "Leaves it to the store where to answer"],
  [["pigeon"], null],
  [undefined, null],
])("what Vera prefers is told in words: %j", (channels, words) => {
  const entry = new Pen().event("prefers", { channels, source: "widget" });
  expect(told(entry)).toBe(words);
});
