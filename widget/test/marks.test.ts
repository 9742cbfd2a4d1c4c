import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Block, blocks } from "../link/marks";

interface Told {
  readonly text: string;
  readonly blocks: readonly Block[];
}

const corpus: readonly Told[] = JSON.parse(
  readFileSync(new URL("../../tests/corpus/marks.json", import.meta.url), "utf8"),
);

test.each(corpus)("$text is read as the gateway reads it", ({ text, blocks: told }) => {
  expect(blocks(text)).toEqual(told);
});

test("a long text takes no longer for its length, whatever it begins and never ends", () => {
  for (const begun of ["*a ", "_", "`", "[", "[a](", "http://", "*_", "- \n", "http://a@", "."]) {
    const text = begun.repeat(100_000 / begun.length);
    // Read whole, or the run would end by its own time-out.
    expect(blocks(text).length).toBeGreaterThan(0);
  }
});
