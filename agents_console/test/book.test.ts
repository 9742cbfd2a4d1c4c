import { describe, expect, test, vi } from "vitest";
import type { InboxPage, InboxRow } from "../../widget/link/protocol.gen";
import {
  type Book,
  belongs,
  emptyBook,
  found,
  onlyShelf,
  shelfOf,
  takePage,
  takeRow,
} from "../src/inbox/book";
import { fits, fromQuery, type Narrow, shelfKey, toQuery, toWire } from "../src/inbox/narrow";
import { goOn, moved, still } from "../src/inbox/order";
import { ROW_PX, windowOf } from "../src/inbox/window";
import type { View } from "../src/place";
import { MINUTE, NOON, row } from "./scene";

const ADA = "ada";

function page(view: View, rows: InboxRow[], after: string | null = null, narrow: Narrow = {}) {
  return { t: "inbox", ...toWire(view, narrow), rows, after } as InboxPage;
}

function ids(rows: readonly { conversation_id: string }[]): string[] {
  return rows.map((each) => each.conversation_id);
}

function shown(book: Book, view: View, narrow: Narrow = {}): string[] {
  return ids(shelfOf(book, view, narrow).rows);
}

describe("which view a conversation belongs to", () => {
  const hers = row({ conversation_id: "c1", assignee_id: ADA });
  const nobodys = row({ conversation_id: "c2", unreachable: true });
  const done = row({ conversation_id: "c3", assignee_id: ADA, state: "resolved" });
  const asleep = row({ conversation_id: "c4", assignee_id: ADA, snoozed_until: NOON });
  const named = row({
    conversation_id: "c5",
    state: "resolved",
    mentions: [{ agent_id: ADA, place: "p", seen: false }],
  });

  test.each([
    ["open", ["c1", "c2"]],
    ["mine", ["c1"]],
    ["unassigned", ["c2"]],
    ["mentions", ["c5"]],
    ["snoozed", ["c4"]],
    ["unreachable", ["c2"]],
    ["resolved", ["c3", "c5"]],
  ] as const)("%s shows Ada what is in it and nothing else", (view, expected) => {
    const all = [hers, nobodys, done, asleep, named];
    expect(ids(all.filter((each) => belongs(each, view, ADA)))).toEqual(expected);
  });
});

describe("pages and live rows", () => {
  const early = row({ conversation_id: "early", last_at: NOON - 3 * MINUTE });
  const late = row({ conversation_id: "late", last_at: NOON });

  test("Vera's row leaves Open and enters Resolved when it is resolved", () => {
    const vera = row({ conversation_id: "vera" });
    const open = takePage(emptyBook(), page("open", [vera]), true, ADA);
    const both = takePage(open, page("resolved", []), true, ADA);
    const later = takeRow(both, row({ conversation_id: "vera", state: "resolved" }), ADA);
    expect([shown(later, "open"), shown(later, "resolved")]).toEqual([[], ["vera"]]);
  });

  test("whoever writes stands with those who wait, and there is one of each", () => {
    const book = takePage(emptyBook(), page("open", [late, early]), true, ADA);
    const waits = { conversation_id: "early", last_at: NOON + 1, waiting_since: NOON + 1 };
    const asked = takeRow(book, row(waits), ADA);
    expect(shown(asked, "open")).toEqual(["early", "late"]);
    const longer = takeRow(asked, row({ conversation_id: "new", waiting_since: NOON }), ADA);
    expect(shown(longer, "open")).toEqual(["new", "early", "late"]);
  });

  test("a first page replaces what the shelf held, a further one goes on from it", () => {
    const first = takePage(emptyBook(), page("open", [late], late.place), true, ADA);
    const further = takePage(first, page("open", [early]), false, ADA);
    expect(shown(further, "open")).toEqual(["late", "early"]);
    const fresh = takePage(further, page("open", [early]), true, ADA);
    expect(shown(fresh, "open")).toEqual(["early"]);
  });

  test("a page that overlaps with what came live doubles nothing and stays in order", () => {
    const first = takePage(emptyBook(), page("open", [late], late.place), true, ADA);
    const waits = row({ conversation_id: "early", waiting_since: NOON });
    const live = takeRow(first, waits, ADA);
    const further = takePage(live, page("open", [early]), false, ADA);
    expect(shown(further, "open")).toEqual(["early", "late"]);
  });

  describe("a row that came while a page was on its way", () => {
    const asked = () => takePage(emptyBook(), page("open", [late, early]), true, ADA);

    test("is kept as it came, for the page may be older than it", () => {
      const mine = row({ ...late, assignee_id: ADA });
      const live = takeRow(asked(), mine, ADA);
      const book = takePage(live, page("open", [late, early]), true, ADA, new Set(["late"]));
      expect(book.rows.get("late")?.assignee_id).toBe(ADA);
      expect(shelfOf(book, "open", {}).rows[0]).toBe(mine);
      expect(shown(book, "open")).toEqual(["late", "early"]);
    });

    test("stands where it belongs now, and nowhere when it has left", () => {
      const waits = row({ conversation_id: "early", waiting_since: NOON });
      const gone = row({ ...late, state: "resolved" });
      const live = takeRow(takeRow(asked(), waits, ADA), gone, ADA);
      const newer = new Set(["early", "late"]);
      const book = takePage(live, page("open", [late, early]), true, ADA, newer);
      expect(shown(book, "open")).toEqual(["early"]);
    });

    test("is not lost when the page did not know of it yet", () => {
      const fresh = row({ conversation_id: "new", waiting_since: NOON });
      const live = takeRow(asked(), fresh, ADA);
      const book = takePage(live, page("open", [late, early]), true, ADA, new Set(["new"]));
      expect(shown(book, "open")).toEqual(["new", "late", "early"]);
    });

    test("from beyond the page before is there once the page that reaches it is", () => {
      const first = takePage(emptyBook(), page("open", [late], late.place), true, ADA);
      const mine = row({ ...early, assignee_id: ADA });
      const live = takeRow(first, mine, ADA);
      const book = takePage(live, page("open", [early]), false, ADA, new Set(["early"]));
      expect(shelfOf(book, "open", {}).rows.map((each) => each.assignee_id)).toEqual([null, ADA]);
    });
  });

  test("a row from beyond the last page is kept back until that page comes", () => {
    const book = takePage(emptyBook(), page("open", [late], late.place), true, ADA);
    const quiet = takeRow(book, early, ADA);
    expect(shown(quiet, "open")).toEqual(["late"]);
    const waits = takeRow(quiet, row({ conversation_id: "waits", waiting_since: NOON }), ADA);
    expect(shown(waits, "open")).toEqual(["waits", "late"]);
  });

  test("mentions stand with the last one first", () => {
    const named = (id: string, place: string) =>
      row({ conversation_id: id, mentions: [{ agent_id: ADA, place, seen: false }] });
    const book = takePage(emptyBook(), page("mentions", [named("b", "2b")]), true, ADA);
    const more = takeRow(takeRow(book, named("a", "1a"), ADA), named("c", "3c"), ADA);
    expect(shown(more, "mentions")).toEqual(["c", "b", "a"]);
  });

  test("a narrowed view takes only what fits", () => {
    const narrow = { label: "return", assignee: "" };
    const book = takePage(emptyBook(), page("open", [], null, narrow), true, ADA);
    const fitting = row({ conversation_id: "fits", labels: ["return"] });
    const taken = row({ conversation_id: "taken", labels: ["return"], assignee_id: ADA });
    const all = [fitting, taken, late].reduce((held, each) => takeRow(held, each, ADA), book);
    expect(shown(all, "open", narrow)).toEqual(["fits"]);
    expect(fits(fitting, { channel: "sms" })).toBe(false);
  });

  test("on a new socket only the view that is looked at goes on being shown", () => {
    const open = takePage(emptyBook(), page("open", [late]), true, ADA);
    const both = takePage(open, page("mine", []), true, ADA);
    const kept = onlyShelf(both, "open", {});
    expect([shown(kept, "open"), shelfOf(kept, "mine", {}).loaded]).toEqual([["late"], false]);
  });
});

test("what a view is narrowed to survives the address bar, and nonsense does not", () => {
  const narrow = { store: "acme", label: "l1", channel: "sms", assignee: "" } as const;
  expect(fromQuery(toQuery(narrow))).toEqual(narrow);
  expect(fromQuery("store=../x&channel=fax&assignee=Ö")).toEqual({});
  expect(shelfKey("mine", {})).toBe("mine");
  expect(shelfKey("mine", narrow)).not.toBe(shelfKey("open", narrow));
});

describe("a list that somebody points at", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => row({ conversation_id: id })) as [
    InboxRow,
    InboxRow,
    InboxRow,
  ];
  test("stands still: what left stays in its place, and what came stands at the end", () => {
    const held = goOn(still([a, b]), [c, b]);
    expect(ids(held.rows)).toEqual(["a", "b", "c"]);
    expect(ids(goOn(goOn(held, [b]), [b, a, c]).rows)).toEqual(["a", "b", "c"]);
  });
  test("looks at no more of a hundred thousand than a page brings", () => {
    const many = Array.from({ length: 100_000 }, (_, n) => row({ conversation_id: `c${n}` }));
    const held = still(many);
    const asked = vi.spyOn(held.ids, "has");
    const longer = goOn(held, [...many, a, b]);
    expect(ids(longer.rows.slice(-2))).toEqual(["a", "b"]);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(moved(longer.rows, [...many, a, b])).toBe(0);
    expect(moved(longer.rows, [b, ...many, a])).toBe(1);
  });
  test("says how many stand elsewhere than they belong", () => {
    expect(moved([a, b], [a, b, c])).toBe(0);
    expect(moved([a, b, c], [c, a, b])).toBe(1);
    expect(moved([a, b], [b])).toBe(1);
  });
});

describe("a list of a hundred thousand", () => {
  test.each([0, 1_000_000, 100_000 * ROW_PX - 800])("at %i px draws fewer than 200 rows", (top) => {
    const { from, to } = windowOf(100_000, top, 800);
    expect(from * ROW_PX).toBeLessThanOrEqual(top);
    expect(to * ROW_PX).toBeGreaterThanOrEqual(Math.min(top + 800, 100_000 * ROW_PX));
    expect(to - from).toBeLessThan(200);
  });
  test("of three rows draws three, and of none none", () => {
    expect(windowOf(3, 0, 0)).toEqual({ from: 0, to: 3 });
    expect(windowOf(0, 500, 800)).toEqual({ from: 0, to: 0 });
  });
  test("takes a row from its end to its beginning", () => {
    const many = Array.from({ length: 100_000 }, (_, n) =>
      row({ conversation_id: `c${n}`, last_at: NOON - n }),
    );
    const book = takePage(emptyBook(), page("open", many), true, ADA);
    const last = row({ conversation_id: "c99999", last_at: NOON + MINUTE });
    expect(shown(takeRow(book, last, ADA), "open").indexOf("c99999")).toBe(0);
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
