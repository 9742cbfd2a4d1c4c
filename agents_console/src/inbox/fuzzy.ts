/** Finds what somebody means by a few letters: those of a word's beginning count most. */

/** How well `words` answer to `asked`; null when they do not. Less is better. */
export function misfit(words: string, asked: string): number | null {
  const text = folded(words);
  let at = 0;
  let gaps = 0;
  for (const letter of folded(asked)) {
    if (letter === " ") continue;
    const begin = beginning(text, letter, at);
    const next = begin >= 0 && begin <= at + 1 ? begin : text.indexOf(letter, at);
    if (next < 0) return null;
    // Whoever leaves out letters means a word further on: the beginning of one costs less.
    if (next > at) gaps += next === begin ? 1 : next - at + 1;
    at = next + 1;
  }
  return gaps + text.length / 1_000;
}

/** The best first; all of them, as they are, when nothing is asked. */
export function best<T>(things: readonly T[], asked: string, words: (thing: T) => string): T[] {
  if (!asked.trim()) return [...things];
  return things
    .flatMap((thing) => {
      const off = misfit(words(thing), asked.trim());
      return off === null ? [] : [{ thing, off }];
    })
    .sort((one, other) => one.off - other.off)
    .map(({ thing }) => thing);
}

function beginning(text: string, letter: string, from: number): number {
  if (from === 0 && text.startsWith(letter)) return 0;
  const at = text.indexOf(` ${letter}`, Math.max(0, from - 1));
  return at < 0 ? -1 : at + 1;
}

/** Without accents, for whoever has none on the keyboard. */
function folded(words: string): string {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
