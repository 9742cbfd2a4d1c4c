import { expect, test } from "vitest";
import { contrast, legible, textOn } from "../link/colour";

const STEPS = ["00", "33", "5d", "77", "99", "bb", "dd", "ff"];
const COLOURS = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`)));

test("text on any store's colour has a contrast of at least 4.5 to 1", () => {
  const worst = COLOURS.map((colour) => {
    const text = textOn(colour) === "#fff" ? "#ffffff" : "#000000";
    return contrast(colour, text);
  });
  expect(Math.min(...worst)).toBeGreaterThanOrEqual(4.5);
});

test("the colour as ink is legible on both grounds, and untouched where it already is", () => {
  for (const ground of ["#f7f7f5", "#1c1f22"]) {
    const worst = COLOURS.map((colour) => contrast(legible(colour, ground), ground));
    expect(Math.min(...worst)).toBeGreaterThanOrEqual(4.5);
  }
  expect(legible("#2f5d50", "#f7f7f5")).toBe("#2f5d50");
});

test("black on white is 21 to 1", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
});
