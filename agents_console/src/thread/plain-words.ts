/** An agent's words on one line, without the signs that make some of them stand out. */

import { blocks, type Piece } from "../../../widget/link/marks";

/** Of a long text more is never shown. */
const MOST_READ = 600;

export function plainWords(text: string): string {
  const lines = blocks(text.slice(0, MOST_READ)).flatMap(({ of }) => of.map(bare));
  return lines.join(" ").replace(/\s+/g, " ").trim();
}

function bare(pieces: readonly Piece[]): string {
  return pieces.map((each) => (typeof each === "string" ? each : bare(each.of))).join("");
}
