/** Where the files of messages are, for the next minutes: the gateway gives no link for longer. */

import type { Keep } from "./keep";

export interface Links {
  /** By the file's id; `small` is a still of a picture. */
  readonly links: Readonly<Record<string, { whole: string; small: string | null }>>;
  readonly good_for_ms: number;
}

export type Linker = (ids: readonly string[]) => Promise<Links>;

export function linker(key: string, keep: Keep, get: typeof fetch): Linker {
  return async (ids) => {
    const answer = await get("/widget/files/links", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ key, session: keep.get(`onethread:${key}:session`), ids }),
    });
    if (!answer.ok) throw new Error(`no links: ${answer.status}`);
    return answer.json();
  };
}
