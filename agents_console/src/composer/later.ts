/** Messages for later: the requests, and the times in both zones. */

import type { Later, Wish } from "../../../widget/link/protocol.gen";
import type { Ask } from "../api";
import { locale } from "../words";
import { ownZone } from "./wish";

export interface NewLater {
  readonly cmid: string;
  readonly body: string;
  readonly attachments: readonly string[];
  readonly due_at: number;
  readonly seen_seq: number;
  readonly resolves: boolean;
  readonly wish: Wish | null;
}

export interface LaterRequests {
  add(conversationId: string, message: NewLater): Promise<void>;
  /** Another time, or the same by somebody who has seen up to `seen_seq`. */
  change(message: Later, dueAt: number, seenSeq: number): Promise<void>;
  now(message: Later, seenSeq: number): Promise<void>;
  cancel(message: Later): Promise<void>;
}

export function laterRequests(ask: Ask, storeId: string): LaterRequests {
  const store = `/api/stores/${encodeURIComponent(storeId)}`;
  const at = ({ scheduled_id }: Later) => `${store}/later/${encodeURIComponent(scheduled_id)}`;
  const done = async (answer: Promise<unknown>) => void (await answer);
  return {
    add: (conversationId, message) =>
      done(
        ask("POST", `${store}/conversations/${encodeURIComponent(conversationId)}/later`, message),
      ),
    change: (message, dueAt, seenSeq) =>
      done(
        ask("PUT", at(message), {
          body: message.body,
          due_at: dueAt,
          seen_seq: seenSeq,
          resolves: message.resolves,
        }),
      ),
    now: (message, seenSeq) => done(ask("POST", `${at(message)}/now`, { seen_seq: seenSeq })),
    cancel: (message) => done(ask("DELETE", at(message))),
  };
}

/** "Mon 09:00" by the clock of a zone; null where that is the same as here, or not known. */
export function clockIn(zone: string, at: number): string | null {
  const here = write(undefined, at);
  const there = zone && write(zone, at);
  return !there || there === here ? null : there;
}

function write(zone: string | undefined, at: number): string | null {
  try {
    return new Intl.DateTimeFormat(locale, {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
    }).format(at);
  } catch {
    // A browser may name a zone that this one does not know.
    return null;
  }
}

/** "Asia/Tokyo" as people read it, when it is another one than ours. */
export function otherZone(zone: string): string | null {
  const words = zone.replaceAll("_", " ");
  return words && words !== ownZone() && write(zone, 0) ? words : null;
}
