/** What an agent does at the desk. Undo is offered instead of asking whether one is sure. */

import { lastSeq } from "../../../widget/link/log";
import { again, discard, put as write } from "../../../widget/link/outbox";
import type {
  AgentSay,
  AgentSays,
  Colleague,
  Duty,
  KeepDraft,
  Wish,
} from "../../../widget/link/protocol.gen";
import type { Thread } from "../thread/thread";
import { say } from "../words";
import { put } from "./hear";
import { stillAside } from "./put-away";
import type { DeskState } from "./state";

/** Where frames go; false when there is no live socket. */
export interface Sender {
  send(frame: AgentSays): boolean;
}

export interface Acts {
  /** `wish`: how this one is to go, when not by the store's policy. */
  answer(
    body: string,
    note: boolean,
    wish: Wish | null,
    attachments?: readonly string[],
    more?: Partial<Pick<AgentSay, "resolve" | "snooze_until" | "mentions">>,
  ): void;
  /** What was begun in a conversation; whether it could be said. */
  keepDraft(conversationId: string, kind: KeepDraft["kind"], body: string): boolean;
  /** The same message once more, under the same cmid. */
  retry(cmid: string): void;
  /** Somebody wrote meanwhile, and this goes out all the same: the same message, having seen all. */
  sendAnyway(cmid: string): void;
  /** Give a failed message up. */
  giveUp(cmid: string): void;
  /** Other words for what has not left yet; whether it could be said. */
  edit(seq: number, body: string): boolean;
  /** What has not left yet is as if it had never been written; whether it could be said. */
  takeBack(seq: number): boolean;
  /** How everything is to go that the shopper has not seen yet; it acts at once. */
  override(wish: Wish): void;
  seen(seq: number): void;
  typing(on: boolean): void;
  /** So many entries before those that are here. */
  earlier(limit?: number): void;
  /** `until`: milliseconds UTC, null for good; whether it could be said. */
  switchDuty(duty: Duty["duty"], until?: number | null): boolean;
  /** Whether it could be said. */
  assign(agentId: string | null): boolean;
  /** The open conversation is a colleague's from now on, with a note on what is to be done. */
  handOver(colleague: Colleague, note: string): boolean;
  resolve(): void;
  reopen(): void;
}

export function createActs(desk: DeskState, line: Sender): Acts {
  function about(thread: Thread): { store_id: string; conversation_id: string } {
    return { store_id: thread.storeId, conversation_id: thread.conversationId };
  }

  /** For what makes no sense later: it is not kept for a better connection, and one is told so. */
  function now(frame: AgentSays): boolean {
    const sent = line.send(frame);
    if (!sent) desk.toast.value = { words: say("connection.notNow"), undo: null };
    return sent;
  }

  function settle(t: "resolve" | "reopen", undo: "resolve" | "reopen", thread: Thread): void {
    if (!now({ t, ...about(thread) })) return;
    const words = say(t === "resolve" ? "toast.resolved" : "toast.reopened", {
      number: thread.log?.head?.number ?? "",
    });
    desk.toast.value = { words, undo: () => now({ t: undo, ...about(thread) }) };
  }

  /** It goes back to whoever had it before; a note that went with it stays. */
  function undoable(thread: Thread, agentId: string | null): void {
    const before = thread.assigneeId;
    const mine = agentId === desk.me.agent_id;
    const name = desk.colleagues.value.find((each) => each.agent_id === agentId)?.name ?? "";
    const key = agentId === null ? "unassigned" : mine ? "assigned" : "given";
    const undo = () => now({ t: "assign", ...about(thread), agent_id: before });
    desk.toast.value = { words: say(`toast.${key}`, { name }), undo };
  }

  return {
    answer(body, note, wish, attachments = [], more = {}) {
      const thread = desk.thread.value;
      if (!thread) return;
      const frame: AgentSay = {
        t: "send",
        ...about(thread),
        cmid: newCmid(),
        body,
        attachments: [...attachments],
        note,
        seen_seq: desk.onScreen.get(thread.conversationId) ?? 0,
        anyway: false,
        wish,
        resolve: false,
        snooze_until: null,
        mentions: [],
        ...more,
      };
      desk.outbox.value = write(desk.outbox.value, frame, Date.now());
      line.send(frame);
    },
    keepDraft(conversationId, kind, body) {
      const thread = desk.threads.value.get(conversationId);
      // Storing an answer takes its draft: words that were begun after it must not be that one.
      const goes = desk.outbox.value.some(
        ({ frame, state }) =>
          state === "sending" &&
          frame.conversation_id === conversationId &&
          frame.note === (kind === "note"),
      );
      return (
        thread !== undefined && !goes && line.send({ t: "draft", ...about(thread), kind, body })
      );
    },
    retry(cmid) {
      desk.outbox.value = again(stillAside(desk.outbox.value), cmid);
      const letter = desk.outbox.value.find(({ frame }) => frame.cmid === cmid);
      if (letter) line.send(letter.frame);
    },
    sendAnyway(cmid) {
      desk.outbox.value = stillAside(desk.outbox.value);
      const letter = desk.outbox.value.find(({ frame }) => frame.cmid === cmid);
      const thread = desk.threads.value.get(letter?.frame.conversation_id ?? "");
      if (!letter || !thread) return;
      const frame = { ...letter.frame, seen_seq: lastSeq(thread.log), anyway: true };
      desk.outbox.value = again(
        desk.outbox.value.map((each) => (each === letter ? { ...letter, frame } : each)),
        cmid,
      );
      line.send(frame);
    },
    giveUp(cmid) {
      desk.outbox.value = discard(desk.outbox.value, cmid);
    },
    edit(seq, body) {
      const thread = desk.thread.value;
      return thread !== null && now({ t: "edit", ...about(thread), seq, body });
    },
    takeBack(seq) {
      const thread = desk.thread.value;
      return thread !== null && now({ t: "take_back", ...about(thread), seq });
    },
    override(wish) {
      const thread = desk.thread.value;
      if (thread) now({ t: "override", ...about(thread), wish });
    },
    seen(seq) {
      const thread = desk.thread.value;
      if (!thread || seq <= (desk.told.get(thread.conversationId) ?? 0)) return;
      if (line.send({ t: "seen", ...about(thread), seq }))
        desk.told.set(thread.conversationId, seq);
    },
    typing(on) {
      const thread = desk.thread.value;
      if (thread) line.send({ t: "typing", ...about(thread), on });
    },
    earlier(limit = 100) {
      const thread = desk.thread.value;
      const first = thread?.log?.entries[0];
      if (!thread || !first || thread.log?.complete || thread.paging) return;
      if (line.send({ t: "earlier", ...about(thread), before: first.seq, limit })) {
        put(desk, { ...thread, paging: true });
      }
    },
    switchDuty(duty, until = null) {
      if (!now({ t: "duty", duty, until })) return false;
      // What a schedule comes to now, only the gateway knows.
      if (duty !== "schedule") desk.standing.value = { duty, until, by_schedule: false };
      return true;
    },
    assign(agentId) {
      const thread = desk.thread.value;
      if (!thread || !now({ t: "assign", ...about(thread), agent_id: agentId })) return false;
      undoable(thread, agentId);
      return true;
    },
    handOver({ agent_id: agentId }, note) {
      const thread = desk.thread.value;
      if (!thread) return false;
      const frame = { agent_id: agentId, cmid: newCmid(), note };
      if (!now({ t: "hand_over", ...about(thread), ...frame })) return false;
      undoable(thread, agentId);
      return true;
    },
    resolve() {
      if (desk.thread.value) settle("resolve", "reopen", desk.thread.value);
    },
    reopen() {
      if (desk.thread.value) settle("reopen", "resolve", desk.thread.value);
    },
  };
}

/** 128 random bits; unique for ever, as a cmid must be. */
export function newCmid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
