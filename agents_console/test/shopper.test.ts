import { expect, test } from "vitest";
import { belongs } from "../src/inbox/book";
import { givenBack } from "../src/shopper/part-dialog";
import { linesOf, warnings, whyElder } from "../src/shopper/preview";
import type { Parting, Preview, Side } from "../src/shopper/requests";
import { told } from "../src/thread/event";
import { worth } from "../src/together/attention";
import { NOON, Pen, row } from "./scene";

function side(over: Partial<Side>): Side {
  return {
    shopper_id: "vera",
    name: "Vera",
    sub: null,
    verified: false,
    addresses: [],
    conversations: [],
    preference: [],
    attributes: [],
    blocked: null,
    ...over,
  };
}

const MAILBOX: Side["addresses"][number] = {
  address_id: "a",
  channel: "email",
  value: "vera@shopper.example",
  proven: true,
  consented: true,
  stopped: false,
  failed: null,
  failed_at: null,
  proven_at: NOON,
  consented_at: NOON,
};

function preview(over: Partial<Preview>): Preview {
  return {
    elder: side({}),
    younger: side({ shopper_id: "nameless", name: "Shopper #2" }),
    made: {
      name: "Vera",
      preference: [],
      addresses: [],
      both: [],
      goes_on: null,
      closes: null,
      attributes: [],
    },
    told: [],
    seen: "0".repeat(64),
    ...over,
  };
}

function line(what: string, of: Preview) {
  const found = linesOf(of).find((each) => each.what === what);
  if (!found) throw new Error(`nothing about ${what}`);
  return found;
}

test("an address says whether it is proven, agreed to, stopped and working", () => {
  const stopped = { ...MAILBOX, proven: false, stopped: true, failed: "bounced" };
  const found = line("Addresses", preview({ elder: side({ addresses: [MAILBOX, stopped] }) }));
  expect(found.elder).toEqual([
    "vera@shopper.example (proven, agreed)",
    "vera@shopper.example (typed, STOP, does not work)",
  ]);
});

test("which conversation goes on and which closes is said by number", () => {
  const made = { ...preview({}).made, goes_on: 7, closes: 9 };
  expect(line("Conversations", preview({ made })).made.slice(0, 2)).toEqual([
    "#7 goes on",
    "#9 closes and is read in it",
  ]);
});

test("of many addresses the first are named and the rest are counted", () => {
  const many = Array.from({ length: 9 }, (_, n) => ({ ...MAILBOX, value: `${n}@shopper.example` }));
  const cell = line("Addresses", preview({ elder: side({ addresses: many }) })).elder;
  expect(cell).toHaveLength(4);
  expect(cell.at(-1)).toBe("and 6 more");
});

test.each([
  ["the shop signed for them", side({ sub: "7", verified: true })],
  ["a proven address stands behind them", side({ addresses: [MAILBOX] })],
  ["they came first", side({})],
])("the elder's word counts because %s", (why, elder) => {
  expect(whyElder(preview({ elder }))).toContain(why);
});

test("two proven addresses that differ are a warning, and a code of tomorrow is none", () => {
  const found = warnings(
    preview({
      told: [
        { code: "differ", channel: "sms", values: ["+1", "+2"] },
        { code: "of_tomorrow" },
        { code: "there" },
      ],
    }),
  );
  expect(found).toHaveLength(2);
  expect(found[0]).toContain("Both have proven SMS, and it is not the same: +1, +2.");
  expect(found[1]).toContain("Shopper #2 has the chat open now.");
});

test("taken back, each thing that goes back is named once", () => {
  const parting: Parting = {
    merge_id: "m",
    name: "Shopper #2",
    numbers: [9, 4],
    by: "Ada",
    at: NOON,
    first: false,
    elder: "Vera",
    conversations: [9, 4],
    reopens: 9,
    addresses: ["+4917"],
    both: ["vera@shopper.example"],
    learned: ["name"],
    blocked: false,
  };
  expect(givenBack(parting)).toEqual([
    "#4",
    "#9 opens again",
    "+4917",
    "vera@shopper.example, which both had: each has it again with their own consent",
    "the name",
  ]);
  const nothing = { ...parting, conversations: [], reopens: null, addresses: [], both: [] };
  expect(givenBack({ ...nothing, learned: [] })).toEqual([
    "nothing: they had nothing of their own",
  ]);
});

test.each([
  ["blocked", { because: "spam" }, "Ada blocked the shopper: spam"],
  ["unblocked", {}, "Ada unblocked the shopper"],
  ["merged_by", { name: "Shopper #2", number: 2 }, "Ada merged Shopper #2 into this shopper"],
  ["parted_by", { name: "", number: 2 }, "Ada took the merge with #2 back"],
])("the timeline tells of %s", (event, data, words) => {
  const author = { side: "staff", id: "ada", name: "Ada", face: null } as const;
  expect(told(new Pen().add({ kind: "event", event, data, author }))).toBe(words);
});

test("what a blocked shopper writes is in one view and is no news to anybody", () => {
  const before = row({ conversation_id: "c1", blocked: true, unread: 1 });
  const after = { ...before, unread: 2, last_at: NOON };
  const around = { self: "ada", duty: "online", inSight: null, now: NOON } as const;
  expect(worth(before, after, around)).toBeNull();
  expect(worth({ ...before, blocked: false }, { ...after, blocked: false }, around)).not.toBeNull();
  const views = ["open", "mine", "unassigned", "snoozed", "unreachable", "resolved"] as const;
  for (const view of views) {
    expect(belongs({ ...after, unreachable: true, assignee_id: "ada" }, view, "ada")).toBe(false);
  }
  expect(belongs(after, "blocked", "ada")).toBe(true);
  expect(belongs({ ...after, blocked: false }, "blocked", "ada")).toBe(false);
});
