import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { told } from "../src/thread/event";
import { answers, atVeras, find, home, Wire } from "./house";
import { Pen } from "./scene";

const SAYS =
  "It says that it comes from shopper.example, and shopper.example says that it does not";

function mailed(pen: Pen, verdict: string, words: string): void {
  pen.add({
    body: "Send it to Leeds",
    channel: "email",
    original: true,
    data: { vouched: { verdict, words, domain: "shopper.example" } },
  });
}

function line(): string {
  return find(".line.message").textContent ?? "";
}

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

test("a mail that its provider disowns is marked as not verified, in words", async () => {
  const pen = new Pen();
  mailed(pen, "fail", SAYS);
  await atVeras(pen);
  expect(line()).toContain(`Unverified sender. ${SAYS}`);
});

test("a mail that is vouched for says by whom, and one of which nothing is known says nothing", async () => {
  const pen = new Pen();
  mailed(pen, "pass", "Signed by shopper.example");
  await atVeras(pen);
  expect(line()).toContain("Signed by shopper.example");
  expect(line()).not.toContain("Unverified");
});

test("a mail about which nothing is known bears no mark", async () => {
  const pen = new Pen();
  mailed(pen, "none", "Nothing shows whether it comes from shopper.example");
  await atVeras(pen);
  expect(line()).not.toContain("Nothing shows");
});

test.each([
  ["forged", "Says that it belongs to #7, and is not from who it says"],
  ["answered_by_forger", "A mail that says it is from here is not: see #7"],
  ["named_in_cc", "The shopper of #7 had named this sender in a mail of theirs"],
  ["a_reason_of_tomorrow", "May belong to #7"],
])("what is related because of %s tells so", (why, words) => {
  const entry = new Pen().add({ kind: "event", event: "related", data: { number: 7, why } });
  expect(told(entry)).toBe(words);
});

test("whom a mail went to as well is told, and that an answer does not go there", async () => {
  const pen = new Pen();
  const also = ["tom@elsewhere.example", "a@b.example", "c@d.example", "e@f.example"];
  pen.add({ body: "Send it to Leeds", channel: "email", original: true, data: { also_to: also } });
  await atVeras(pen);
  expect(line()).toContain(
    "Also went to tom@elsewhere.example, a@b.example, c@d.example and 1 more.",
  );
  expect(line()).toContain("Your answer goes to the shopper alone.");
});
