import { describe, expect, test } from "vitest";
import type { Snapshot } from "../../widget/link/protocol.gen";
import { hear, newThread, stillTyping, type Thread, type ThreadFrame } from "../src/thread/thread";
import { Pen } from "./scene";

const EPOCH = 1;

function snapshot(pen: Pen, over: Partial<Snapshot> = {}): Snapshot {
  return {
    t: "snapshot",
    conversation: {
      store_id: "acme",
      conversation_id: "c1",
      number: 7,
      state: "open",
      last_seq: pen.entries.length,
      seen_shopper: 0,
      seen_staff: 0,
      assignee_id: null,
    },
    epoch: EPOCH,
    entries: [...pen.entries],
    recovered: false,
    complete: true,
    ...over,
  };
}

function hearing(thread: Thread, ...frames: ThreadFrame[]) {
  let heard = { thread, gap: false };
  for (const frame of frames) heard = hear(heard.thread, frame, EPOCH, 0);
  return heard;
}

const entry = (pen: Pen, index: number): ThreadFrame => {
  const found = pen.entries.at(index);
  if (!found) throw new Error("no such entry");
  return { t: "entry", conversation_id: "c1", entry: found };
};

describe("an open conversation", () => {
  test("grows with what is said, and tells a gap instead of hiding it", () => {
    const pen = new Pen();
    pen.vera("Hi");
    const opened = hearing(newThread("acme", "c1"), snapshot(pen)).thread;
    pen.vera("Anybody?");
    pen.vera("Hello?");
    expect(hearing(opened, entry(pen, 2)).gap).toBe(true);
    const whole = hearing(opened, entry(pen, 1), entry(pen, 2));
    expect(whole.gap).toBe(false);
    expect(whole.thread.log?.entries.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test("what runs ahead of the snapshot that was asked for is no gap", () => {
    const pen = new Pen();
    pen.vera("Hi");
    pen.vera("Anybody?");
    const opening = { ...newThread("acme", "c1"), opening: true };
    expect(hearing(opening, entry(pen, 1)).gap).toBe(false);
  });

  test("follows who it is assigned to", () => {
    const pen = new Pen();
    pen.vera("Hi");
    const opened = hearing(newThread("acme", "c1"), snapshot(pen)).thread;
    pen.event("assigned", { agent_id: "ada", name: "Ada" });
    pen.event("assigned", { agent_id: null, name: null });
    expect(hearing(opened, entry(pen, 1)).thread.assigneeId).toBe("ada");
    expect(hearing(opened, entry(pen, 1), entry(pen, 2)).thread.assigneeId).toBeNull();
  });

  test("Vera stops typing when her words arrive, or when nothing more is heard", () => {
    const pen = new Pen();
    pen.vera("Hi");
    const types = {
      t: "typing",
      conversation_id: "c1",
      side: "shopper",
      agent_id: null,
      name: "",
      on: true,
    } as const;
    const typing = hearing(newThread("acme", "c1"), snapshot(pen), types).thread;
    expect(typing.typing).toHaveLength(1);
    pen.vera("Anybody?");
    expect(hearing(typing, entry(pen, 1)).thread.typing).toEqual([]);
    expect(stillTyping(typing, 5_999).typing).toHaveLength(1);
    expect(stillTyping(typing, 6_000).typing).toEqual([]);
  });
});
