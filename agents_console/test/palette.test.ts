import { describe, expect, test } from "vitest";
import { best, misfit } from "../src/inbox/fuzzy";
import { snoozeTimes } from "../src/inbox/snooze-times";

describe("finding by a few letters", () => {
  const THINGS = [
    "Go to Mine",
    "Go to Mentions",
    "Resolve",
    "Reopen",
    "Only Zoë’s",
    "Snooze until…",
  ];
  const first = (asked: string) => best(THINGS, asked, (each) => each)[0];

  test.each([
    ["res", "Resolve"],
    ["gm", "Go to Mine"],
    ["ment", "Go to Mentions"],
    ["zoe", "Only Zoë’s"],
    ["SNO", "Snooze until…"],
    ["mine", "Go to Mine"],
  ])("%s means %s", (asked, meant) => {
    expect(first(asked)).toBe(meant);
  });
  test("what has not all the letters in order is not meant", () => {
    expect(misfit("Resolve", "vr")).toBeNull();
    expect(best(THINGS, "xyz", (each) => each)).toEqual([]);
  });
  test("nothing asked leaves everything in its order", () => {
    expect(best(THINGS, " ", (each) => each)).toEqual(THINGS);
  });
});

describe("until when Ada snoozes", () => {
  const at = (...parts: [number, number, number, number]) => new Date(...parts).getTime();
  const told = (present: number) => snoozeTimes(present).map(({ name }) => name);

  test("on a Tuesday morning there is a later today, and Monday is next week's", () => {
    const present = at(2026, 4, 12, 10);
    expect(told(present)).toEqual(["later", "tomorrow", "monday", "week"]);
    const [later, tomorrow, monday] = snoozeTimes(present).map((each) => each.at);
    expect(later).toBe(at(2026, 4, 12, 13));
    expect(tomorrow).toBe(at(2026, 4, 13, 9));
    expect(monday).toBe(at(2026, 4, 18, 9));
  });
  test("in the evening nothing is later today", () => {
    expect(told(at(2026, 4, 12, 22))).toEqual(["tomorrow", "monday", "week"]);
  });
  test("on a Sunday Monday is tomorrow, and is said once", () => {
    expect(told(at(2026, 4, 17, 10))).toEqual(["later", "tomorrow", "week"]);
  });
  test("on a Monday, Monday is in a week, and is said once", () => {
    const times = snoozeTimes(at(2026, 4, 18, 10));
    expect(times.map(({ name }) => name)).toEqual(["later", "tomorrow", "monday"]);
  });
});
