/** What is told of a refusal: the gateway says why in a word, and the words for it are ours. */

import type { PartWords } from "./words";

/** As a frame or an answer of the gateway's has it. */
export interface Refusal {
  readonly code: string;
  readonly why?: string | null | undefined;
}

/** By `why`, else by `code`; empty for what there are no words for: a newer gateway may have more reasons. */
export function refused({ refusals }: PartWords, { code, why }: Refusal): string {
  const said: Readonly<Record<string, string>> = refusals;
  return said[why ?? code] ?? said[code] ?? "";
}
