import { describe, expect, test } from "vitest";
import type { InboxPage } from "../../widget/link/protocol.gen";
import { belongs, count, EMPTY_BOOK, found, takePage, takeRow, visible } from "../src/inbox/book";
import { MINUTE, NOON, row } from "./scene";

const ADA = "ada";

function page(view: InboxPage["view"], rows: InboxPage["rows"], before: number | null = null) {
  return { t: "inbox", view, rows, before } as const;
}

function ids(rows: readonly { conversation_id: string }[]): string[] {
  return rows.map((each) => each.conversation_id);
}

describe("which view a conversation belongs to", () => {
  const hers = row({ conversation_id: "c1", assignee_id: ADA });
  const nobodys = row({ conversation_id: "c2" });
  const done = row({ conversation_id: "c3", assignee_id: ADA, state: "resolved" });

  test.each([
    ["open", [true, true, false]],
    ["mine", [true, false, false]],
    ["unassigned", [false, true, false]],
    ["resolved", [false, false, true]],
  ] as const)("%s shows Ada what is in it and nothing else", (view, expected) => {
    expect([hers, nobodys, done].map((each) => belongs(each, view, ADA))).toEqual(expected);
  });
});

describe("the order of the list", () => {
  test("whoever waits longest is on top, and the answered follow, newest first", () => {
    const rows = [
      row({ conversation_id: "answered-early", last_at: NOON - 3 * MINUTE }),
      row({ conversation_id: "answered-late", last_at: NOON }),
      row({ conversation_id: "waits-short", waiting_since: NOON - MINUTE }),
      row({ conversation_id: "waits-long", waiting_since: NOON - 9 * MINUTE, last_at: NOON }),
    ];
    const book = takePage(EMPTY_BOOK, page("open", rows), true, ADA);
    expect(ids(visible(book, "open", ADA))).toEqual([
      "waits-long",
      "waits-short",
      "answered-late",
      "answered-early",
    ]);
  });

  test("the resolved ones are newest first, whatever they waited", () => {
    const rows = [
      row({ conversation_id: "a", state: "resolved", last_at: NOON - 1, waiting_since: NOON - 9 }),
      row({ conversation_id: "b", state: "resolved", last_at: NOON }),
    ];
    const book = takePage(EMPTY_BOOK, page("resolved", rows), true, ADA);
    expect(ids(visible(book, "resolved", ADA))).toEqual(["b", "a"]);
  });
});

describe("pages and live rows", () => {
  test("Vera's row leaves Open and enters Resolved when it is resolved", () => {
    const vera = row({ conversation_id: "vera" });
    const book = takePage(EMPTY_BOOK, page("open", [vera]), true, ADA);
    const later = takeRow(book, { ...vera, state: "resolved" });
    expect(ids(visible(later, "open", ADA))).toEqual([]);
    expect(ids(visible(later, "resolved", ADA))).toEqual(["vera"]);
  });

  test("a first page forgets what is no longer in the view, a further one adds to it", () => {
    const [old, one, two] = ["old", "one", "two"].map((id) => row({ conversation_id: id }));
    if (!old || !one || !two) throw new Error("the scene has three rows");
    const before = takePage(EMPTY_BOOK, page("open", [old]), true, ADA);
    const fresh = takePage(before, page("open", [one], NOON), true, ADA);
    const further = takePage(fresh, page("open", [two]), false, ADA);
    expect(ids(visible(fresh, "open", ADA))).toEqual(["one"]);
    expect(ids(visible(further, "open", ADA)).sort()).toEqual(["one", "two"]);
  });

  test("a row from beyond the last page is kept back, unless its shopper waits", () => {
    const loaded = row({ conversation_id: "loaded", last_at: NOON });
    const book = takePage(EMPTY_BOOK, page("open", [loaded], NOON - MINUTE), true, ADA);
    const early = { last_at: NOON - 60 * MINUTE };
    const quiet = takeRow(book, row({ conversation_id: "quiet", ...early }));
    const both = takeRow(quiet, row({ conversation_id: "waits", waiting_since: NOON, ...early }));
    expect(ids(visible(both, "open", ADA))).toEqual(["waits", "loaded"]);
  });
});

describe("what the views count", () => {
  const rows = [
    row({ conversation_id: "c1", assignee_id: ADA }),
    row({ conversation_id: "c2" }),
    row({ conversation_id: "c3" }),
  ];

  test("nothing is claimed before anything was loaded", () => {
    expect(count(EMPTY_BOOK, "open", ADA)).toBeNull();
    expect(count(EMPTY_BOOK, "mine", ADA)).toBeNull();
  });

  test("the whole of the open ones tells the counts of the others too", () => {
    const book = takePage(EMPTY_BOOK, page("open", rows), true, ADA);
    expect(count(book, "open", ADA)).toEqual({ n: 3, more: false });
    expect(count(book, "mine", ADA)).toEqual({ n: 1, more: false });
    expect(count(book, "unassigned", ADA)).toEqual({ n: 2, more: false });
  });

  test("a first page of many tells that there are more, and nothing of the other views", () => {
    const book = takePage(EMPTY_BOOK, page("open", rows, NOON - MINUTE), true, ADA);
    expect(count(book, "open", ADA)).toEqual({ n: 3, more: true });
    expect(count(book, "mine", ADA)).toBeNull();
  });
});

test("Ada finds a shopper by name, number or first words", () => {
  const rows = [
    row({ conversation_id: "vera", number: 42 }),
    row({ conversation_id: "jonas", shopper: "Jonas Osei", number: 7, preview: "My invoice" }),
  ];
  expect(ids(found(rows, " larsen "))).toEqual(["vera"]);
  expect(ids(found(rows, "#7"))).toEqual(["jonas"]);
  expect(ids(found(rows, "INVOICE"))).toEqual(["jonas"]);
  expect(found(rows, "  ")).toHaveLength(2);
});
