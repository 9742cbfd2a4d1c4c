/** What an agent does at the desk. Undo is offered instead of asking whether one is sure. */

import { lastSeq } from "../../../widget/link/log";
import { again, discard, put as write } from "../../../widget/link/outbox";
import type { AgentSay, AgentSays, Colleague, Wish } from "../../../widget/link/protocol.gen";
import type { Thread } from "../thread/thread";
import { say } from "../words";
import { put } from "./hear";
import type { DeskState } from "./state";

/** Where frames go; false when there is no live socket. */
export interface Sender {
  send(frame: AgentSays): boolean;
}

export interface Acts {
  /** `wish`: how this one is to go, when not by the store's policy. */
  answer(body: string, note: boolean, wish: Wish | null, attachments?: readonly string[]): void;
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
  earlier(): void;
  switchDuty(duty: Colleague["duty"]): void;
  assign(agentId: string | null): void;
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

  return {
    answer(body, note, wish, attachments = []) {
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
      };
      desk.outbox.value = write(desk.outbox.value, frame, Date.now());
      line.send(frame);
    },
    retry(cmid) {
      desk.outbox.value = again(desk.outbox.value, cmid);
      const letter = desk.outbox.value.find(({ frame }) => frame.cmid === cmid);
      if (letter) line.send(letter.frame);
    },
    sendAnyway(cmid) {
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
    earlier() {
      const thread = desk.thread.value;
      const first = thread?.log?.entries[0];
      if (!thread || !first || thread.log?.complete || thread.paging) return;
      if (line.send({ t: "earlier", ...about(thread), before: first.seq, limit: 100 })) {
        put(desk, { ...thread, paging: true });
      }
    },
    switchDuty(duty) {
      if (now({ t: "duty", duty })) desk.duty.value = duty;
    },
    assign(agentId) {
      const thread = desk.thread.value;
      if (!thread) return;
      const before = thread.assigneeId;
      if (!now({ t: "assign", ...about(thread), agent_id: agentId })) return;
      const words = say(agentId === null ? "toast.unassigned" : "toast.assigned");
      const undo = () => now({ t: "assign", ...about(thread), agent_id: before });
      desk.toast.value = { words, undo };
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
function newCmid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
