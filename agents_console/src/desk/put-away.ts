/** What an answer did to its conversation as it was stored, told with the way back. */

import type { Outbox } from "../../../widget/link/outbox";
import type { Ack, AgentSay, AgentSays, BulkAct } from "../../../widget/link/protocol.gen";
import { moment, present } from "../time";
import { say } from "../words";
import type { Sender } from "./acts";
import type { DeskState } from "./state";

export function tellPutAway(desk: DeskState, line: Sender, ack: Ack): void {
  const letter = desk.outbox.value.find(
    ({ frame, state }) => frame.cmid === ack.cmid && state !== "sent",
  );
  const back = letter && wayBack(letter.frame);
  if (!letter || !back) return;
  const { conversation_id: id, snooze_until: until } = letter.frame;
  const thread = desk.threads.value.get(id);
  const number = desk.book.value.rows.get(id)?.number ?? thread?.log?.head?.number ?? "";
  const words = until
    ? say("toast.snoozed", { number, time: moment(until, present()) })
    : say("toast.resolved", { number });
  const undo = () => {
    if (!line.send(back)) desk.toast.value = { words: say("connection.notNow"), undo: null };
  };
  desk.toast.value = { words, undo };
}

/**
 * What waited longer than its conversation was to be snoozed goes out as it is: the gateway lays
 * nothing aside until a time that is over, and would refuse the words with it.
 */
export function stillAside(outbox: Outbox<AgentSay>): Outbox<AgentSay> {
  return outbox.map((letter) => {
    const until = letter.frame.snooze_until;
    if (until === null || until > present()) return letter;
    return { ...letter, frame: { ...letter.frame, snooze_until: null } };
  });
}

function wayBack(frame: AgentSay): AgentSays | null {
  const which = { store_id: frame.store_id, conversation_id: frame.conversation_id };
  if (frame.resolve) return { t: "reopen", ...which };
  if (!frame.snooze_until) return null;
  const act: BulkAct = { kind: "snooze", agent_id: null, add: [], remove: [], until: null };
  return { t: "bulk", ref: "", on: [which], act };
}
