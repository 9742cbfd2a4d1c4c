/**
 * What this client wrote and the gateway has not shown back yet, by cmid, in the order of writing.
 *
 * Pure: every function returns a new outbox. A letter is `sending` until its ack, `sent` until its
 * entry stands in the log, `failed` when the gateway refused it. Re-sending is harmless: the cmid
 * is unique for ever, and a repeat gets the same ack.
 */

import { type Log, lastSeq } from "./log";
import type { Ack, Attachment, Failed } from "./protocol.gen";

export interface Sendable {
  t: "send";
  cmid: string;
  body: string;
}

export interface Letter<Frame extends Sendable> {
  readonly frame: Frame;
  /** What the ids in the frame's `attachments` are, as far as it is known here. */
  readonly files?: readonly Attachment[];
  /** When it was written, in milliseconds since 1970; the ack's instant once it is `sent`. */
  readonly at: number;
  readonly state: "sending" | "sent" | "failed";
  /** Set when `sent`. */
  readonly seq: number | null;
  readonly conversationId: string | null;
  /** Set when `failed`. */
  readonly why: (Pick<Failed, "code" | "message"> & { readonly why?: string | null }) | null;
}

export type Outbox<Frame extends Sendable> = readonly Letter<Frame>[];

export function put<F extends Sendable>(
  outbox: Outbox<F>,
  frame: F,
  at: number,
  files: readonly Attachment[] = [],
): Outbox<F> {
  const letter = { frame, files, at, seq: null, conversationId: null, why: null };
  return [...outbox, { ...letter, state: "sending" as const }];
}

/** The frames to send after a reconnect, oldest first. */
export function due<F extends Sendable>(outbox: Outbox<F>): F[] {
  return outbox.filter((letter) => letter.state === "sending").map((letter) => letter.frame);
}

export function acked<F extends Sendable>(outbox: Outbox<F>, ack: Ack): Outbox<F> {
  return change(outbox, ack.cmid, (letter) => ({
    ...letter,
    state: "sent",
    at: ack.at,
    seq: ack.seq,
    conversationId: ack.conversation_id,
    why: null,
  }));
}

/** An error frame without a cmid, or about another frame, changes nothing. */
export function refused<F extends Sendable>(outbox: Outbox<F>, error: Failed): Outbox<F> {
  if (!error.cmid) return outbox;
  const why = { code: error.code, message: error.message, why: error.why };
  return change(outbox, error.cmid, (letter) =>
    letter.state === "sent" ? letter : { ...letter, state: "failed", why },
  );
}

/** Try a failed one once more, under the same cmid; the caller sends the frame. */
export function again<F extends Sendable>(outbox: Outbox<F>, cmid: string): Outbox<F> {
  return change(outbox, cmid, (letter) => ({ ...letter, state: "sending", why: null }));
}

export function discard<F extends Sendable>(outbox: Outbox<F>, cmid: string): Outbox<F> {
  return outbox.filter((letter) => letter.frame.cmid !== cmid);
}

/** A log grew: letters that stand in it, or were acked at or before its end, are no longer ours. */
export function shown<F extends Sendable>(outbox: Outbox<F>, log: Log | null): Outbox<F> {
  if (!log || outbox.length === 0) return outbox;
  const cmids = new Set(log.entries.map((entry) => entry.cmid));
  const end = lastSeq(log);
  const left = outbox.filter((letter) => {
    const held = letter.conversationId === log.conversationId && (letter.seq ?? 0) <= end;
    return !held && !cmids.has(letter.frame.cmid);
  });
  return left.length === outbox.length ? outbox : left;
}

function change<F extends Sendable>(
  outbox: Outbox<F>,
  cmid: string,
  to: (letter: Letter<F>) => Letter<F>,
): Outbox<F> {
  return outbox.map((letter) => (letter.frame.cmid === cmid ? to(letter) : letter));
}
