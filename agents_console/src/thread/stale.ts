/** What came while an answer was being written: a pure look at the log. */

import type { Letter } from "../../../widget/link/outbox";
import type { AgentSay, Entry } from "../../../widget/link/protocol.gen";
import { say } from "../words";

/** One is to be asked: somebody wrote in between, or the shopper is blocked. */
export function isStale(letter: Letter<AgentSay>): boolean {
  return letter.state === "failed" && (letter.why?.code === "stale" || isToBlocked(letter));
}

export function isToBlocked(letter: Letter<AgentSay>): boolean {
  return letter.why?.code === "blocked";
}

/** The messages and notes of others that its writer had not on screen, oldest first. */
export function missed(
  letter: Letter<AgentSay>,
  entries: readonly Entry[],
  self: string,
): readonly Entry[] {
  return entries.filter(
    ({ seq, kind, author }) =>
      seq > letter.frame.seen_seq &&
      kind !== "event" &&
      !(author.side === "staff" && author.id === self),
  );
}

/** "Ben has just answered", "Vera has just written"; the last of them counts. */
export function whoWrote(came: readonly Entry[]): string {
  const last = came.findLast((entry) => entry.kind === "message") ?? came.at(-1);
  if (!last) return say("stale.somebody");
  const { side, name } = last.author;
  if (side === "staff") return say("stale.staff", { name: name || say("thread.staff") });
  return say("stale.shopper", { name: name || say("thread.shopper") });
}
