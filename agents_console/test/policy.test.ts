import { describe, expect, test } from "vitest";
import { fromHash, toHash } from "../src/place";
import { cellsOf, inOneLine, money, priceInWords, quietInWords } from "../src/policy/cells";
import { changes } from "../src/policy/changes";
import { type Document, type Rule, same, toDocument, toDraft } from "../src/policy/document";
import { placeAt } from "../src/policy/drag";
import { format, parse } from "../src/policy/duration";
import { type FieldSchema, type Kinds, kindOf } from "../src/policy/kinds";
import { countOf, problemOf, seen, together } from "../src/policy/problems";
import { add, duplicate, forSide, freeName, move, renamed, without } from "../src/policy/table";
import { lines } from "../src/policy/what-if";
import { inWords, readHours, writeHours } from "../src/policy/windows";
import en from "../src/words/policy.en.json";

const NBSP = "\u00a0";
const KINDS: Kinds = new Map([
  ["gone", "span"],
  ["reading", "span"],
  ["cap", "count"],
  ["spend_a_day", "money"],
  ["countries", "countries"],
]);

function document(over: Record<string, unknown> = {}): Document {
  return {
    gone: 30,
    reading: 600,
    cap: 6,
    ladder: ["sms", "email"],
    zone: "Europe/Berlin",
    currency: "EUR",
    hours: ["Mon,Tue,Wed,Thu,Fri 09:00-18:00"],
    holidays: ["2026-12-25"],
    quiet: { sms: ["21:00-08:00"] },
    prices: { sms: { "*": 0.05, DE: 0.07 } },
    page_groups: { checkout: ["/checkout"] },
    rules: [],
    ...over,
  };
}

function ruled(...rules: Rule[]): Document {
  return document({ rules });
}

const told = (was: Document, is: Document) =>
  changes(toDraft(was), toDraft(is), KINDS).map((line) => line.replaceAll(NBSP, " "));

describe("lengths of time as Ada types them", () => {
  test.each([
    ["30 s", 30],
    ["30s", 30],
    ["45", 45],
    ["5 min", 300],
    ["5m", 300],
    ["2 h", 7_200],
    ["1 h 30 min", 5_400],
    ["1,5 h", 5_400],
    ["0.5 s", 0.5],
    [" 2 Hours ", 7_200],
    ["3 d", 259_200],
    ["0", 0],
  ])("%s is %d seconds", (text, seconds) => {
    expect(parse(text)).toBe(seconds);
  });

  test.each(["", "soon", "20 x", "5 min 3", "-5 s", "1..5 s", "s", "5 5", "1 h and 2 s"])(
    "%s is none",
    (text) => {
      expect(parse(text)).toBeNull();
    },
  );

  test.each([
    [0, "0 s"],
    [20, "20 s"],
    [60, "1 min"],
    [90, "90 s"],
    [0.5, "0.5 s"],
    [150, "2 min 30 s"],
    [5_400, "1 h 30 min"],
    [86_400, "24 h"],
    [259_200, "3 d"],
  ])("%d seconds are written so that they are read back", (seconds, text) => {
    expect(format(seconds)).toBe(text);
    expect(parse(text)).toBe(seconds);
  });
});

describe("hours of the week", () => {
  test("are read and written as the gateway writes them", () => {
    for (const text of ["21:00-08:00", "Mon,Tue,Wed 09:00-18:00", "Sun 10:00-24:00"]) {
      const hours = readHours(text);
      expect(hours && writeHours(hours)).toBe(text);
    }
    expect(readHours("Fri-Mon 09:00-12:00")?.days).toEqual([0, 4, 5, 6]);
    expect(readHours("late")).toBeNull();
  });

  test("are told in words, neighbours as a stretch", () => {
    expect(inWords("Mon,Tue,Wed,Sat 09:00-18:00")).toBe("Mon to Wed, Sat, 09:00 to 18:00");
    expect(inWords("Sat,Sun 10:00-14:00")).toBe("Sat, Sun, 10:00 to 14:00");
    expect(inWords("21:00-08:00")).toBe("21:00 to 08:00");
  });

  test("without a day are no hours of every day", () => {
    const text = writeHours({ days: [], start: "09:00", end: "18:00" });
    expect(readHours(text)?.days).toEqual([]);
  });
});

describe("the table", () => {
  const rows = toDraft(ruled({ name: "A" }, { name: "B" }, { name: "C" })).rules;
  const names = (list: readonly { rule: Rule }[]) => list.map(({ rule }) => rule.name).join("");

  test("a row moves to where it is wanted, and no further than the ends", () => {
    expect(names(move(rows, 0, 1))).toBe("BAC");
    expect(names(move(rows, 2, 0))).toBe("CAB");
    expect(names(move(rows, 0, 9))).toBe("BCA");
    expect(move(rows, 0, -1)).toBe(rows);
    expect(move(rows, 7, 0)).toBe(rows);
  });

  test("a new row comes first, where no other can hide it", () => {
    const more = add(rows, { name: "N" });
    expect(names(more)).toBe("NABC");
    expect(new Set(more.map(({ key }) => key)).size).toBe(4);
  });

  test("a copy stands below its original under a key and a name of its own", () => {
    const key = rows[1]?.key ?? 0;
    const more = duplicate(rows, key, (name) => `${name}2`);
    expect(names(more)).toBe("ABB2C");
    expect(more[2]?.key).not.toBe(key);
    expect(names(without(more, key))).toBe("AB2C");
  });

  test("a rule that is now for the team says nothing of the shopper any more", () => {
    const rule: Rule = { name: "A", where: ["gone"], known: true, delay: 20, ladder: ["sms"] };
    expect(forSide(rule, "staff")).toEqual({
      name: "A",
      side: "staff",
      delay: 20,
      ladder: ["sms"],
    });
  });

  test("rules follow pages that are called something else", () => {
    const paged = toDraft(ruled({ pages: ["checkout", "cart"] }, {})).rules;
    expect(renamed(paged, "checkout", "till")[0]?.rule.pages).toEqual(["till", "cart"]);
  });

  test("new pages get a name that no others have", () => {
    const groups = toDraft(document({ page_groups: { pages: [], "pages 2": [] } })).groups;
    expect(freeName(groups, "pages")).toBe("pages 3");
    expect(freeName([], "pages")).toBe("pages");
  });

  test("a carried row passes another once it would lie under the pointer there", () => {
    const boxes = [
      { top: 0, bottom: 40 },
      { top: 40, bottom: 140 },
      { top: 140, bottom: 180 },
    ];
    expect(placeAt(boxes, 0, 20)).toBe(0);
    // Inside the tall row, but the small one would end up above the pointer.
    expect(placeAt(boxes, 0, 90)).toBe(0);
    expect(placeAt(boxes, 0, 110)).toBe(1);
    expect(placeAt(boxes, 0, 1_000)).toBe(2);
    expect(placeAt(boxes, 2, 100)).toBe(2);
    expect(placeAt(boxes, 2, 70)).toBe(1);
    expect(placeAt(boxes, 2, -50)).toBe(0);
    expect(placeAt(boxes, 9, 0)).toBe(9);
  });
});

describe("the document", () => {
  test("is the same after it has been taken apart and put together", () => {
    const whole = ruled({ delay: 20, name: "Checkout", pages: ["checkout"], where: ["gone"] });
    expect(toDocument(toDraft(whole))).toEqual(whole);
    expect(Object.keys(toDocument(toDraft(whole)).page_groups as object)).toEqual(["checkout"]);
  });

  test("what an editor leaves empty was never there", () => {
    const was = toDraft(ruled({ name: "A", ladder: [] }));
    const is = toDraft(
      ruled({ name: "A", side: "shopper", where: [], known: null, delay: null, ladder: [] }),
    );
    expect(same(was, is)).toBe(true);
    expect(toDocument(is).rules).toEqual([{ ladder: [], name: "A" }]);
  });

  test("the order of rules and of pages says something, that of channels in a table does not", () => {
    const [a, b] = [{ name: "A" }, { name: "B" }];
    expect(same(toDraft(ruled(a, b)), toDraft(ruled(b, a)))).toBe(false);
    const pages = (first: string, second: string) =>
      toDraft(document({ page_groups: { [first]: ["/"], [second]: ["/"] } }));
    expect(same(pages("x", "y"), pages("y", "x"))).toBe(false);
    const quiet = (table: object) => toDraft(document({ quiet: table }));
    const night = ["21:00-08:00"];
    expect(same(quiet({ sms: night, push: night }), quiet({ push: night, sms: night }))).toBe(true);
    expect(same(quiet({ sms: night }), quiet({ sms: night, email: [] }))).toBe(true);
  });
});

describe("a row in words", () => {
  test("says where, who, what, when and by which channel", () => {
    const cells = cellsOf({
      where: ["gone", "hidden"],
      pages: ["checkout", "cart"],
      known: true,
      proven: ["sms"],
      what: ["follow_up"],
      delay: 20,
      longest: 60,
      open: false,
      ladder: ["sms"],
    });
    expect(cells.where).toBe("Page in the background or gone, on checkout or cart");
    expect(cells.who).toBe("Proven to be who they are, with a proven number (SMS)");
    expect(cells.what).toBe("Follow-up");
    expect(cells.when).toEqual([
      `After 20${NBSP}s`,
      `after 1${NBSP}min at the latest`,
      "while you are closed",
    ]);
    expect(cells.ladder).toEqual(["sms"]);
  });

  test("what is left empty always fits, and changes nothing", () => {
    expect(cellsOf({})).toEqual({
      where: "Anywhere",
      who: "Any shopper",
      what: "Anything unread",
      when: ["After the usual delay"],
      ladder: null,
    });
    expect(cellsOf({ side: "staff", delay: 0 })).toMatchObject({
      where: "–",
      who: "Your team",
      what: "Anything unanswered",
      when: ["At once"],
    });
    expect(inOneLine({ name: "A" })).toBe("always fits and changes nothing");
  });

  test("a channel is told with what it costs", () => {
    const draft = toDraft(document());
    expect(priceInWords("sms", draft)).toBe("€0.05 to €0.07 a text");
    expect(priceInWords("email", draft)).toBe("free");
    expect(money(0.0079, "USD")).toMatch(/0\.0079$/);
    expect(money(12.5, "EUR")).toBe("€12.50");
    expect(money(1, "E")).toBe("1 E");
  });

  test("channels that are quiet at the same hours are told together", () => {
    const night = ["21:00-08:00"];
    expect(quietInWords({ sms: night, push: night, email: ["Sun 00:00-24:00"] })).toBe(
      "SMS, push 21:00 to 08:00; e-mail Sun, 00:00 to 24:00",
    );
    expect(quietInWords({ sms: [] })).toBe("no quiet hours");
  });
});

describe("what changes, in words", () => {
  test("nothing, when both say the same", () => {
    expect(told(document(), document())).toEqual([]);
  });

  test("fields by their names, with what they were", () => {
    expect(told(document(), document({ gone: 20, ladder: ["email"] }))).toEqual([
      "Delay once they are gone: 20 s instead of 30 s",
      "The usual ladder: e-mail instead of SMS, then e-mail",
    ]);
  });

  test("lists by what comes and what goes", () => {
    const is = document({ holidays: ["2027-01-01"], hours: [] });
    expect(told(document(), is)).toEqual([
      "Opening hours: no longer with Mon to Fri, 09:00 to 18:00",
      expect.stringMatching(/^Holidays: now with .*\b1\b.*2027$/),
      expect.stringMatching(/^Holidays: no longer with .*25.*2026$/),
    ]);
  });

  test("a new rule whole, one that is gone by its name", () => {
    const rule: Rule = { name: "Checkout", pages: ["checkout"], delay: 20, ladder: ["sms"] };
    expect(told(ruled(), ruled(rule))).toEqual([
      "New rule “Checkout”: on checkout; after 20 s; SMS",
    ]);
    expect(told(ruled(rule), ruled())).toEqual(["Without the rule “Checkout”"]);
  });

  test("a rule that was changed by what is new in it alone", () => {
    const was: Rule = { name: "Checkout", pages: ["checkout"], delay: 20 };
    expect(told(ruled(was), ruled({ ...was, delay: 40 }))).toEqual([
      "Checkout: after 40 s instead of after 20 s",
    ]);
    expect(told(ruled(was), ruled({ ...was, name: "Till" }))).toEqual([
      "The rule “Checkout” is called “Till”",
    ]);
  });

  test("another order of rules is told as the order that it is now", () => {
    const [a, b, c] = [{ name: "A" }, { name: "B", delay: 5 }, { name: "C", delay: 6 }];
    expect(told(ruled(a, b, c), ruled(c, a, b))).toEqual([
      "The rules come in another order: C, A, B",
    ]);
    // A new one above them is not another order.
    expect(told(ruled(a, b), ruled(c, a, b))).toHaveLength(1);
  });

  test("prices one by one, and pages by their names", () => {
    const is = document({
      prices: { sms: { "*": 0.05, FR: 0.06 } },
      page_groups: { checkout: ["/checkout", "/cart"], shoes: ["/shoes/*"] },
    });
    expect(told(document(), is)).toEqual([
      "Price of SMS, DE: none instead of €0.07",
      "Price of SMS, FR: €0.06 instead of none",
      "Pages “checkout”: /checkout /cart instead of /checkout",
      "New pages “shoes”: /shoes/*",
    ]);
  });

  test("a difference that nobody thought of is still told", () => {
    expect(told(document(), document({ brand_new: { a: 1 } }))).toHaveLength(1);
  });
});

describe("what is wrong", () => {
  test("is seen at once where it was typed", () => {
    const draft = toDraft(
      document({
        gone: "20 x",
        cap: "many",
        hours: ["- 09:00-18:00"],
        page_groups: { "": ["/a"], empty: [], bad: ["checkout"] },
        rules: [{}, { delay: "soon", quiet: { sms: ["- 09:00-18:00"] } }],
      }),
    );
    const found = seen(draft, KINDS);
    expect([...found.keys()]).toEqual([
      "gone",
      "cap",
      "hours",
      "rules[1].delay",
      "rules[1].quiet.sms",
      "page_groups[0]",
      "page_groups[1]",
      "page_groups[2]",
    ]);
    expect(found.get("gone")).toContain("5\u00a0min");
    expect(countOf(found, "rules[1]")).toBe(2);
    expect(countOf(found, "rules[10]")).toBe(0);
    expect(problemOf(found, "rules[1].quiet")).toBe("Choose at least one day.");
  });

  test("an amount that is none, and letters that are no country's, are seen at once", () => {
    const kinds: Kinds = new Map([
      ["spend_a_day", "money"],
      ["spend_a_day_each", "money"],
      ["sms_most_segments", "count"],
      ["countries", "countries"],
    ]);
    const typed = { spend_a_day: "a lot", sms_most_segments: "x", countries: ["DE", "QQ"] };
    const found = seen(toDraft(document({ ...typed, spend_a_day_each: null })), kinds);
    expect([...found]).toEqual([
      ["spend_a_day", "Write a number."],
      ["sms_most_segments", "Write a number."],
      ["countries", "“QQ” is no country. Write two letters, like DE."],
    ]);
  });

  test("what kind of value a field holds is the gateway's to say", () => {
    const shapes: [FieldSchema, string][] = [
      [{ type: "number" }, "span"],
      [{ type: "integer" }, "count"],
      [{ type: "string", enum: ["knock"] }, "choice"],
      [{ anyOf: [{ type: "number" }, { type: "null" }] }, "money"],
      [{ type: "array", items: { pattern: "^[A-Z]{2}$" } }, "countries"],
      [{ type: "array", items: {} }, "other"],
      [{ type: "string" }, "other"],
    ];
    expect(shapes.map(([schema]) => kindOf(schema))).toEqual(shapes.map(([, kind]) => kind));
    expect(kindOf(undefined)).toBe("other");
  });

  test("two prices for one country are one too many", () => {
    const draft = toDraft(document());
    const twice = { ...draft, prices: [...draft.prices, { ...draft.prices[0] } as never] };
    expect([...seen(twice, KINDS).keys()]).toEqual(["prices[2]"]);
  });

  test("is told once, by us where we know it, else by the gateway, where it stands", () => {
    const draft = toDraft(document({ gone: "20 x", zone: "Middle/Earth" }));
    const theirs = [
      { field: "gone", message: "gone must be a number of seconds, 0 or more" },
      { field: "zone", message: "zone must be the name of a time zone, like Europe/Berlin" },
      { field: "prices.sms.DE", message: "prices.sms.DE must be a price, 0 or more" },
      { field: "page_groups.checkout[0]", message: "page_groups.checkout[0] must be a text" },
    ];
    const found = together(seen(draft, KINDS), theirs, draft);
    expect([...found]).toEqual([
      ["gone", "Write it like 30\u00a0s, 5\u00a0min or 2\u00a0h."],
      ["zone", "Must be the name of a time zone, like Europe/Berlin."],
      ["prices[1]", "Must be a price, 0 or more."],
      ["page_groups[0]", "Must be a text."],
    ]);
  });

  test("what must not be less than another is told by the other's name", () => {
    const draft = toDraft(
      document({ gone: 700, longest: 800, longest_gone: 60, rules: [{ delay: 60, longest: 30 }] }),
    );
    const theirs = [
      { field: "longest", message: "longest and longest_gone must not be shorter than gone" },
    ];
    expect([...together(seen(draft, KINDS), theirs, draft)]).toEqual([
      ["longest_gone", "This must not be less than “Delay once they are gone”."],
      ["rules[0].longest", "This must not be less than “Wait”."],
    ]);
  });
});

test("a bound on money and the countries that are texted are told in words", () => {
  const was = document({ spend_a_day: null, countries: ["DE"] });
  const is = document({ spend_a_day: 20, countries: ["DE", "AT"] });
  expect(told(was, is)).toEqual([
    "What reaching shoppers may cost a day: €20.00 instead of no bound",
    "Shoppers are texted only in: now with Austria",
  ]);
  expect(told(is, was)).toEqual([
    "What reaching shoppers may cost a day: no bound instead of €20.00",
    "Shoppers are texted only in: no longer with Austria",
  ]);
});

test("last month stands in two columns of plain words", () => {
  const now = {
    interruptions: { sms: 4, email: 1 },
    notices: { email: 2 },
    segments: 6,
    cost: 0.3,
    currency: "EUR",
    reached_p50_ms: 96_000,
    reached_p90_ms: null,
    never_reached: 1,
  };
  const proposed = { ...now, interruptions: { email: 5 }, cost: 0, reached_p90_ms: 3_600_000 };
  const found = lines({
    conversations: 9,
    left_out: 0,
    since: 0,
    policies: { current: now, proposed },
    examples: [],
  });
  const table = Object.fromEntries(
    found.map((line) => [line.what, [line.now, line.proposed].join(" | ").replaceAll(NBSP, " ")]),
  );
  expect(table).toEqual({
    "Interruptions of shoppers": "5 | 5",
    SMS: "4 | 0",
    "E-mail": "1 | 5",
    "Notices to agents": "2 | 2",
    "What it costs": "€0.30 | €0.00",
    "Text parts": "6 | 6",
    "Half of those who are away have their answer within": "96 s | 96 s",
    "Nine in ten have it within": "– | 1 h",
    "Answers that never arrive": "1 | 1",
  });
});

test("no sentence of the policy shows a field's or a state's name", () => {
  for (const sentence of Object.values(en)) {
    expect(sentence).not.toMatch(/on_page|follow_up|successfully|[a-z]_[a-z]/);
  }
});

test("the address bar leads to the policy of a store", () => {
  const place = { view: "open", open: null, policy: "acme" } as const;
  expect(toHash(place)).toBe("#/policy/acme");
  expect(fromHash("#/policy/acme")).toEqual(place);
  expect(fromHash("#/policy")).toEqual({ ...place, policy: "" });
  expect(fromHash("#/policy/../x").policy).toBe("");
});
