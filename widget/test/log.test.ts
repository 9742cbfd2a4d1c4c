import { describe, expect, test } from "vitest";
import type { Log } from "../link/log";
import { cursor, lastSeq, takeEntry, takePage, takeSeen, takeSnapshot } from "../link/log";
import type { NewEntry, Page, Snapshot } from "../link/protocol.gen";
import {
  CONVERSATION,
  EARLIER_PAGE,
  entry,
  FIRST_MESSAGE,
  fold,
  GAP,
  RESOLVED_AND_BACK,
  RESUME_RECOVERED,
  SNAPSHOT_REPLACES,
  SYSTEM,
} from "./golden";

const seqs = (log: Log | null) => log?.entries.map((one) => one.seq);

describe("the golden frames", () => {
  test("a conversation that begins with an entry is whole", () => {
    const { log } = fold(FIRST_MESSAGE).view;
    expect(seqs(log)).toEqual([1, 4]);
    expect(log).toMatchObject({ complete: true, state: "open", seenStaff: 1 });
    expect(cursor(log)).toEqual({ epoch: 7, seq: 4, entry_id: "en4" });
  });

  test("a recovered snapshot is appended, though seqs that only staff see are missing", () => {
    const { view, gap } = fold([...FIRST_MESSAGE, ...RESUME_RECOVERED]);
    expect(gap).toBe(false);
    expect(seqs(view.log)).toEqual([1, 4, 6, 9]);
    expect(view.log?.complete).toBe(true);
  });

  test("a snapshot under another epoch replaces everything", () => {
    const { log } = fold([...FIRST_MESSAGE, ...SNAPSHOT_REPLACES]).view;
    expect(seqs(log)).toEqual([9, 12]);
    expect(log?.complete).toBe(false);
    expect(cursor(log)?.epoch).toBe(8);
  });

  test("a page goes before what is held, and what overlaps is not doubled", () => {
    const { log } = fold([...SNAPSHOT_REPLACES, ...EARLIER_PAGE]).view;
    expect(seqs(log)).toEqual([1, 4, 6, 9, 12]);
    expect(log?.complete).toBe(true);
    const again = takePage(log, EARLIER_PAGE[0] as Page);
    expect(seqs(again.log)).toEqual([1, 4, 6, 9, 12]);
  });

  test("an entry after one that is not held is a gap, and is not taken", () => {
    const before = fold(SNAPSHOT_REPLACES);
    const { view, gap } = fold(GAP, before.view);
    expect(gap).toBe(true);
    expect(view.log).toBe(before.view.log);
  });

  test("resolving and reopening are told by the log itself", () => {
    const half = fold([...SNAPSHOT_REPLACES, ...RESOLVED_AND_BACK.slice(0, 1)]);
    expect(half.view.log?.state).toBe("resolved");
    expect(fold(RESOLVED_AND_BACK.slice(1), half.view).view.log?.state).toBe("open");
  });
});

const started = takeEntry(
  null,
  { t: "entry", conversation_id: CONVERSATION, entry: entry(1) },
  7,
).log;

function put(log: Log | null, seq: number, prev: number) {
  const frame: NewEntry = {
    t: "entry",
    conversation_id: CONVERSATION,
    entry: entry(seq, { prev }),
  };
  return takeEntry(log, frame, 7);
}

test("an entry that is held already is ignored, whatever its prev", () => {
  const taken = put(started, 1, 0);
  expect(taken).toEqual({ log: started, outcome: "known" });
});

test("an entry of an unknown conversation is only taken when it is its first", () => {
  expect(put(null, 5, 4)).toEqual({ log: null, outcome: "gap" });
  const other: NewEntry = { t: "entry", conversation_id: "cv2", entry: entry(1, { id: "other" }) };
  expect(takeEntry(started, other, 7).log?.conversationId).toBe("cv2");
});

test("a recovered snapshot that does not follow gives up the log, so that all of it comes", () => {
  const frame = RESUME_RECOVERED[1] as Snapshot;
  const taken = takeSnapshot(started, frame);
  expect(taken).toEqual({ log: null, outcome: "gap" });
  expect(cursor(taken.log)).toBeNull();
});

test("a recovered snapshot with nothing new keeps what is held", () => {
  const frame = { ...(RESUME_RECOVERED[1] as Snapshot), entries: [] };
  expect(seqs(takeSnapshot(started, frame).log)).toEqual([1]);
});

test("a seen mark never goes back", () => {
  const seen = { t: "seen", conversation_id: CONVERSATION, side: "staff" } as const;
  const on = takeSeen(started, { ...seen, seq: 3 });
  expect(takeSeen(on, { ...seen, seq: 2 })?.seenStaff).toBe(3);
  expect(takeSeen(on, { ...seen, seq: 9, conversation_id: "cv2" })?.seenStaff).toBe(3);
});

test("any order and repetition of deliveries ends in the same log", () => {
  const chain = [2, 3, 4, 5].map((seq) => put(started, seq, seq - 1));
  expect(chain.map((taken) => taken.outcome)).toEqual(["taken", "gap", "gap", "gap"]);
  let log = started;
  for (const seq of [2, 2, 4, 3, 1, 3, 5, 4, 5]) log = put(log, seq, seq - 1).log;
  // 5 came before 4 was taken again, so it was a gap; the resume brings it.
  for (const seq of [4, 5]) log = put(log, seq, seq - 1).log;
  expect(seqs(log)).toEqual([1, 2, 3, 4, 5]);
  expect(lastSeq(log)).toBe(5);
});

test("events of the log count towards its cursor", () => {
  const event = entry(2, { kind: "event", event: "carried", author: SYSTEM, body: null });
  const frame: NewEntry = { t: "entry", conversation_id: CONVERSATION, entry: event };
  expect(cursor(takeEntry(started, frame, 7).log)).toMatchObject({ seq: 2, entry_id: "en2" });
});

describe("what is changed or taken back", () => {
  const told = (event: string, seq: number, body: string | null): NewEntry => ({
    t: "entry",
    conversation_id: CONVERSATION,
    entry: entry(seq, { prev: 4, kind: "event", event, data: { seq: 4 }, body }),
  });
  const held = () => fold(FIRST_MESSAGE).view.log;
  const message = (log: Log | null) => log?.entries.find(({ seq }) => seq === 4);

  test("changes in place, and its seqs stay", () => {
    const { log } = takeEntry(held(), told("edited", 5, "In 38"), 7);
    expect(message(log)).toMatchObject({ body: "In 38", edited: true, taken_back: false });
    expect(seqs(log)).toEqual([1, 4, 5]);
  });

  test("a change that was changed again is passed over", () => {
    const { log } = takeEntry(held(), told("edited", 5, null), 7);
    expect(message(log)).toEqual(message(held()));
  });

  test("has no words any more once it is taken back", () => {
    const { log } = takeEntry(held(), told("taken_back", 5, null), 7);
    expect(message(log)).toMatchObject({ body: null, taken_back: true });
  });
});
