import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { heardOf, present, second, startClock, wait } from "../src/time";

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 4, 12, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  heardOf(NOON, true);
});

afterEach(() => vi.useRealTimers());

test("the gateway's clock is believed, whether it is ahead or behind", () => {
  heardOf(NOON + 3 * HOUR);
  expect(present()).toBe(NOON + 3 * HOUR);
  heardOf(NOON - HOUR, true);
  expect(present()).toBe(NOON - HOUR);
});

test("an old entry is no news of the clock, nor is the way that news takes", () => {
  heardOf(NOON - HOUR);
  expect(present()).toBe(NOON);
  heardOf(NOON - 1_500, true);
  expect(present()).toBe(NOON);
});

test("each second moves what counts down, by the gateway's clock", () => {
  heardOf(NOON + HOUR);
  const stop = startClock();
  vi.advanceTimersByTime(3_000);
  expect(second.value).toBe(NOON + HOUR + 3_000);
  stop();
});

test.each([
  [400, "1 s"],
  [19_001, "20 s"],
  [90_000, "90 s"],
  [121_000, "3 min"],
  [90 * 60_000, "1 h"],
])("to wait %i ms is to wait %s", (ms, words) => {
  expect(wait(ms)).toBe(words);
});
