/** What is worth a word outside this window: pure, so that a test can run through it. */

import type { Colleague, InboxRow } from "../../../widget/link/protocol.gen";

/** What an agent wants on this computer. Nothing, until they say so here. */
export interface Wishes {
  readonly notify: boolean;
  /** Show whom and what, rather than only that somebody wrote. */
  readonly words: boolean;
  readonly sound: boolean;
  /** Minutes without a key or a touch after which one is away; 0 for never. */
  readonly away: number;
}

export const NOTHING: Wishes = { notify: false, words: true, sound: false, away: 0 };

export type Why = "message" | "yours" | "mention";

export interface News {
  readonly why: Why;
  readonly row: InboxRow;
}

export interface Around {
  readonly self: string;
  readonly duty: Colleague["duty"];
  /** The conversation that is open while somebody looks at this window. */
  readonly inSight: string | null;
  /** What the gateway's clock says; what changed long ago is no news. */
  readonly now: number;
}

const FRESH_MS = 60_000;

/** A row that changed: is it news for this agent, and of which kind? */
export function worth(before: InboxRow | null, row: InboxRow, around: Around): News | null {
  const { self, duty, inSight, now } = around;
  if (
    row.blocked ||
    duty === "do_not_disturb" ||
    row.conversation_id === inSight ||
    row.state !== "open"
  ) {
    return null;
  }
  // A row of which nothing was known may have changed in any way: only its age tells.
  if (before === null && row.last_at < now - FRESH_MS) return null;
  const place = named(row, self);
  if (place !== null && place !== (before && named(before, self))) return { why: "mention", row };
  if (before !== null && before.assignee_id !== self && row.assignee_id === self) {
    return { why: "yours", row };
  }
  const mayAnswer = row.assignee_id === self || row.assignee_id === null;
  const grown = row.unread > (before?.unread ?? 0);
  return mayAnswer && grown ? { why: "message", row } : null;
}

/** Where a note names this agent that they have not seen; each newer one is another place. */
function named(row: InboxRow, self: string): string | null {
  const found = row.mentions.find(({ agent_id: id, seen }) => id === self && !seen);
  return found?.place ?? null;
}

/** Two tabs that heard the same have the same name for it. */
export function nameOf({ why, row }: News): string {
  return `${why}:${row.conversation_id}:${row.last_at}:${row.unread}`;
}
