import { describe, expect, test } from "vitest";
import { createDrafts } from "../src/composer/drafts";
import { fromHash, toHash } from "../src/place";
import { ago, stamp, stretch } from "../src/time";
import { say, sayMany } from "../src/words";
import en from "../src/words/en.json";
import { MINUTE, NOON } from "./scene";

describe("the catalogue", () => {
  test("numbers and names are filled in, and what is missing stays visible", () => {
    expect(say("inbox.number", { number: 1042 })).toBe("#1042");
    expect(sayMany("thread.fresh", 1)).toBe("1 new message");
    expect(sayMany("thread.fresh", 3)).toBe("3 new messages");
    expect(say("thread.typing")).toContain("{name}");
  });

  test("no sentence shows a state's name", () => {
    for (const sentence of Object.values(en)) {
      expect(sentence).not.toMatch(/on_page|superseded|submitting|successfully|_[a-z]/);
    }
  });
});

describe("time as people say it", () => {
  test.each([
    [5_000, "5 s"],
    [3 * MINUTE, "3 min"],
    [90 * MINUTE, "1 h"],
    [50 * 60 * MINUTE, "2 d"],
    [-4_000, "1 s"],
  ])("%i ms are %s", (ms, words) => {
    expect(stretch(ms)).toBe(words);
  });

  test("up to a day it is relative, then it is a date", () => {
    expect(ago(NOON - 40_000, NOON)).toBe("40 s ago");
    expect(stamp(NOON - 3 * 60 * MINUTE, NOON)).toBe("3 h");
    expect(stamp(NOON - 48 * 60 * MINUTE, NOON)).toMatch(/10/);
    expect(stamp(NOON - 400 * 24 * 60 * MINUTE, NOON)).toMatch(/2025/);
  });
});

test("the address bar leads back to where Ada was, and rubbish to the open ones", () => {
  const open = { storeId: "acme", conversationId: "c1" };
  expect(fromHash(toHash({ view: "mine", open }))).toEqual({ view: "mine", open });
  expect(fromHash("#/mine/acme/../x")).toEqual({ view: "mine", open: null });
  expect(fromHash("#nonsense")).toEqual({ view: "open", open: null });
});

describe("drafts", () => {
  const shelf = () => {
    const held = new Map<string, string>();
    return {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    };
  };

  test("Ada's draft survives a reload, and Bo at the same desk does not find it", () => {
    const desk = shelf();
    createDrafts(desk, "ada").set("c1", { text: "Dear Vera", note: false });
    expect(createDrafts(desk, "ada").get("c1").text).toBe("Dear Vera");
    expect(createDrafts(desk, "bo").get("c1").text).toBe("");
  });

  test("what could not be sent comes back before what was begun since", () => {
    const drafts = createDrafts(null, "ada");
    drafts.set("c1", { text: "And another thing", note: false });
    drafts.giveBack("c1", { text: "Dear Vera", note: false });
    expect(drafts.get("c1").text).toBe("Dear Vera\n\nAnd another thing");
  });

  test("storage that is forbidden or full costs nothing but the reload", () => {
    const refuse = () => {
      throw new Error("forbidden");
    };
    const drafts = createDrafts({ getItem: refuse, setItem: refuse, removeItem: refuse }, "ada");
    drafts.set("c1", { text: "Dear Vera", note: false });
    expect(drafts.get("c1").text).toBe("Dear Vera");
  });
});

test("the styles know no left and no right, so that right-to-left just works", () => {
  const styles = import.meta.glob<string>("../src/styles/*.css", {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const side = /(?:margin|padding|border|inset)-(?:left|right)/;
  const word = /[\s;{](?:left|right)\s*:|(?:align|float)\s*:\s*(?:left|right)/;
  expect(Object.keys(styles).length).toBeGreaterThan(5);
  for (const [file, css] of Object.entries(styles)) {
    expect(css.length, file).toBeGreaterThan(100);
    expect(css, file).not.toMatch(side);
    expect(css, file).not.toMatch(word);
  }
});
