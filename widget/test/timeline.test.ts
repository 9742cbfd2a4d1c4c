import { expect, test } from "vitest";
import { put } from "../link/outbox";
import type { Entry } from "../link/protocol.gen";
import { type Line, timeline } from "../panel/timeline";
import { arrives, entry, fold, SYSTEM, VERA, WELCOME } from "./golden";

const NOON = new Date(2026, 4, 12, 12, 0).getTime();
const at = (minutes: number) => NOON + minutes * 60_000;

function lines(entries: Partial<Entry>[], freshAfter = 99): Line[] {
  const frames = entries.map((part, index) => arrives(entry(index + 1, part)));
  return timeline(fold([WELCOME, ...frames]).view.log, [], freshAfter);
}

const shape = (found: Line[]) =>
  found.map((line) => (line.kind === "group" ? line.bubbles.map((one) => one.body) : line.kind));

test("messages from one hand within five minutes hang together", () => {
  const found = lines([
    { at: at(0), author: VERA, body: "a" },
    { at: at(1), author: VERA, body: "b" },
    { at: at(2), body: "c" },
    { at: at(3), author: { side: "staff", id: "ag2", name: "Sam", face: null }, body: "d" },
    { at: at(9), author: { side: "staff", id: "ag2", name: "Sam", face: null }, body: "e" },
  ]);
  expect(shape(found)).toEqual(["day", ["a", "b"], ["c"], ["d"], ["e"]]);
});

test("what was said in a conversation that went on in this one stands where it did", () => {
  const frames = [
    arrives(entry(1, { at: at(0), body: "Where is it?", author: VERA })),
    arrives(
      entry(2, {
        at: at(3),
        kind: "event",
        event: "merged",
        data: { conversation_id: "cv0", number: 2, seq: 2 },
        author: SYSTEM,
      }),
    ),
    arrives(entry(3, { at: at(9), body: "It left today." })),
  ];
  const { view } = fold([WELCOME, ...frames]);
  const page = {
    t: "page" as const,
    conversation_id: "cv0",
    entries: [
      entry(1, { at: at(1), body: "In blue?", author: VERA }),
      entry(2, { at: at(2), body: "Yes." }),
      entry(3, { at: at(3), kind: "event", event: "resolved", data: {}, author: SYSTEM }),
    ],
    complete: true,
  };
  const whole = fold([page], view).view;
  expect(shape(timeline(whole.log, [], 99))).toEqual([
    "day",
    ["Where is it?", "In blue?"],
    ["Yes."],
    ["It left today."],
  ]);
  // No seq of it is a seq of this log: the cursor and what is unread stay as they were.
  expect(whole.log?.entries).toEqual(view.log?.entries);
});

test("a change of channel is a knot, and an answer by SMS a group of its own", () => {
  const found = lines([
    { at: at(0), body: "Yes!" },
    {
      at: at(1),
      kind: "event",
      event: "carried",
      data: { channel: "sms", seqs: [1] },
      author: SYSTEM,
    },
    { at: at(2), author: VERA, body: "Perfect", channel: "sms" },
    { at: at(2), author: VERA, body: "thx" },
  ]);
  expect(shape(found)).toEqual(["day", ["Yes!"], "knot", ["Perfect"], ["thx"]]);
  expect(found[3]).toMatchObject({ own: true, channel: "sms" });
});

test("each day begins with its name, and midnight parts a group", () => {
  const late = new Date(2026, 4, 12, 23, 59).getTime();
  const found = lines([
    { at: late, body: "a" },
    { at: late + 2 * 60_000, body: "b" },
  ]);
  expect(shape(found)).toEqual(["day", ["a"], "day", ["b"]]);
});

test("what only matters to staff leaves no line, being resolved does", () => {
  const found = lines([
    { at: at(0), kind: "event", event: "opened", author: SYSTEM },
    { at: at(1), kind: "event", event: "resolved", author: SYSTEM },
    { at: at(2), kind: "event", event: "reopened", author: SYSTEM },
  ]);
  expect(shape(found)).toEqual(["day", "done"]);
});

test("a message keeps its key from the outbox into the log, so that it is not drawn anew", () => {
  const frame = { t: "send", cmid: "cmid-vera-1", body: "a", attachments: [] as string[] } as const;
  const before = timeline(null, put([], frame, at(0)), 0);
  const after = lines([{ at: at(0), author: VERA, body: "a", cmid: "cmid-vera-1" }], 0);
  const key = (found: Line[]) => found.flatMap((line) => (line.kind === "group" ? [line.key] : []));
  expect(key(before)).toEqual(["cmid-vera-1"]);
  expect(key(after)).toEqual(key(before));
});

test("only what came while the panel was shown slides in", () => {
  const found = lines(
    [
      { at: at(0), body: "a" },
      { at: at(1), body: "b" },
    ],
    1,
  );
  const fresh = found.flatMap((line) =>
    line.kind === "group" ? line.bubbles.map((one) => one.fresh) : [],
  );
  expect(fresh).toEqual([false, true]);
});
