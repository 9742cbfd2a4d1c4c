/** From what was begun to a message: now, or later. */

import { useRef } from "preact/hooks";
import type { AgentSay } from "../../../widget/link/protocol.gen";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { newCmid } from "../desk/acts";
import { plainly } from "../desk/plainly";
import type { Thread } from "../thread/thread";
import { moment, present } from "../time";
import type { Draft } from "./drafts";
import { laterRequests } from "./later";
import { namedIn } from "./sources";
import { stillWished } from "./wish";
import { say } from "./words";

/** What is done with the conversation as its answer is stored. */
export type After = Partial<Pick<AgentSay, "resolve" | "snooze_until">>;

export interface Sending {
  ready(draft: Draft): boolean;
  send(draft: Draft, after: After): void;
  later(draft: Draft, resolves: boolean, at: number): Promise<void>;
}

export function useSending(thread: Thread): Sending {
  const { desk, drafts, uploads } = useRoom();
  const id = thread.conversationId;
  /** Asked for again after a lost answer, it is the same message. */
  const again = useRef({ body: "", cmid: "" });

  /** A wish is for one answer; a second remark for the team must not go to the shopper by habit. */
  const empty = ({ note }: Draft) => drafts.set(id, { text: "", note });

  return {
    ready({ text }) {
      const enclosed = uploads.of(id);
      // What is still going up, or was refused, is sent by nobody's mistake.
      const settled = enclosed.every((each) => each.here !== null);
      return thread.log !== null && settled && (text.trim() !== "" || enclosed.length > 0);
    },
    send(draft, after) {
      const { note } = draft;
      const body = draft.text.trim();
      const files = uploads.take(id).map((each) => each.id);
      const people = [...desk.colleagues.value, desk.me];
      desk.answer(body, note, note ? null : stillWished(draft.wish), files, {
        ...after,
        mentions: note ? namedIn(body, people) : [],
      });
      empty(draft);
    },
    async later(draft, resolves, at) {
      const body = draft.text.trim();
      if (again.current.body !== body) again.current = { body, cmid: newCmid() };
      const files = uploads.take(id).map((each) => each.id);
      try {
        await laterRequests(desk.api.ask, thread.storeId).add(id, {
          cmid: again.current.cmid,
          body,
          attachments: files,
          due_at: at,
          seen_seq: desk.onScreen.get(id) ?? 0,
          resolves,
          wish: stillWished(draft.wish),
        });
        again.current = { body: "", cmid: "" };
        // Words that were added while it was kept are not in it; its own may have been heard to be gone.
        if (["", draft.text].includes(drafts.words(id, "answer"))) empty(draft);
        const words = say("later.kept", { time: moment(at, present()) });
        desk.toast.value = { words, undo: null };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // Refused is no lost answer: asked for again, it is another message.
        if (error.status >= 400 && error.status < 500) again.current = { body: "", cmid: "" };
        uploads.giveBack(id, files);
        desk.toast.value = { words: plainly(error), undo: null };
      }
    },
  };
}
