/** Finds web addresses in a person's words, so that they become links without any HTML. */

export interface Piece {
  readonly text: string;
  /** Set for a link; always http or https. */
  readonly href: string | null;
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
/** A sentence's own punctuation after an address is not part of it. */
const TRAILING = /[.,;:!?…)\]}]+$/;

export function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const raw = match[0];
    const tail = raw.includes("(") ? "" : (TRAILING.exec(raw)?.[0] ?? "");
    const address = raw.slice(0, raw.length - tail.length);
    if (!URL.canParse(address)) continue;
    if (match.index > from) found.push({ text: text.slice(from, match.index), href: null });
    found.push({ text: address, href: address });
    from = match.index + address.length;
  }
  if (from < text.length) found.push({ text: text.slice(from), href: null });
  return found;
}
