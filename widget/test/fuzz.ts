/** Messages that nobody of ours sent: the same two hundred in each run. */

const LEAVES: unknown[] = [
  null,
  undefined,
  0,
  1,
  -1,
  Number.NaN,
  2 ** 53,
  "",
  "1",
  "identify",
  "reset",
  "x".repeat(5_000),
  "<img src=x onerror=alert(1)>",
  "javascript:alert(1)",
  true,
  false,
  [],
  {},
  [[1, "reset"]],
  { __proto__: null },
  { toString: "no" },
];
const NAMES = [
  "onethread",
  "close",
  "kept",
  "unread",
  "words",
  "push",
  "heard",
  "handle",
  "warn",
  "open",
  "focus",
  "leaving",
  "url",
  "title",
  "told",
  "look",
  "accent",
  "__proto__",
  "constructor",
];

/** A small generator with a seed (Lehmer's), so that a failure can be had again. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

export function strayMessages(count = 200, seed = 20_261): unknown[] {
  const roll = dice(seed);
  const pick = <Kind>(all: readonly Kind[]) => all[roll(all.length)] as Kind;
  const make = (depth: number): unknown => {
    if (depth === 0 || roll(3) === 0) return pick(LEAVES);
    if (roll(4) === 0) return Array.from({ length: roll(4) }, () => make(depth - 1));
    return Object.fromEntries(
      Array.from({ length: 1 + roll(6) }, () => [pick(NAMES), make(depth - 1)]),
    );
  };
  return Array.from({ length: count }, () => {
    const message = make(3);
    // Half of them look like ours.
    return roll(2) && message && typeof message === "object"
      ? { ...message, onethread: 1 }
      : message;
  });
}
