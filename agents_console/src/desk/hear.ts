/** Every frame that a console hears, put where it belongs. */

import { batch } from "@preact/signals";
import { acked, refused, shown } from "../../../widget/link/outbox";
import type {
  AgentHears,
  Colleague,
  Drafted,
  Failed,
  InboxPage,
  InboxRow,
} from "../../../widget/link/protocol.gen";
import type { Ask } from "../inbox/asked";
import { takePage, takeRow } from "../inbox/book";
import { about, hear as hearThread, type Thread, type ThreadFrame } from "../thread/thread";
import { heardOf, present } from "../time";
import { known, say } from "../words";
import { leftOut } from "./many";
import { plainly } from "./plainly";
import type { DeskState } from "./state";

/** What hearing may ask for in turn. */
export interface Wishes {
  /** The log of a followed conversation has a gap. */
  reopen(thread: Thread): void;
  /** What the page that has arrived was asked for as. */
  asked(page: InboxPage): Ask;
  /** What we have begun to write, as the gateway has it. */
  drafted(frame: Drafted): void;
  /** A row is another one now; null: nothing was known of it. */
  changed(before: InboxRow | null, row: InboxRow): void;
  /** Somebody began to type; look again when that has gone stale. */
  typing(conversationId: string): void;
}

export function hear(desk: DeskState, frame: AgentHears, wishes: Wishes): void {
  batch(() => take(desk, frame, wishes));
}

function take(desk: DeskState, frame: AgentHears, wishes: Wishes): void {
  switch (frame.t) {
    case "welcome":
      desk.epoch.value = frame.epoch;
      met(desk, [frame.agent]);
      desk.stores.value = frame.stores;
      desk.greeted.value = true;
      // Whatever is still to be mended is told again.
      desk.alerts.value = [];
      met(desk, frame.colleagues);
      return;
    case "colleagues":
      met(desk, frame.colleagues);
      return;
    case "alerts":
      desk.alerts.value = frame.alerts;
      return;
    case "inbox": {
      const { fresh, newer } = wishes.asked(frame);
      desk.book.value = takePage(desk.book.value, frame, fresh, desk.me.agent_id, newer);
      return;
    }
    case "rows":
      for (const row of frame.rows) {
        wishes.changed(desk.book.value.rows.get(row.conversation_id) ?? null, row);
      }
      desk.book.value = frame.rows.reduce(
        (book, row) => takeRow(book, row, desk.me.agent_id),
        desk.book.value,
      );
      return;
    case "counts":
      desk.counts.value = frame;
      return;
    case "labels":
      desk.labels.value = frame.labels;
      return;
    case "bulk":
      leftOut(desk, frame);
      return;
    case "ack":
      if (!frame.dup) heardOf(frame.at, true);
      desk.outbox.value = acked(desk.outbox.value, frame);
      letGo(desk, frame.conversation_id);
      return;
    case "error":
      failed(desk, frame);
      return;
    case "draft":
      wishes.drafted(frame);
      return;
    case "mentioned":
      desk.mentioned.value = frame;
      return;
    case "scheduled":
    case "snapshot":
    case "page":
    case "entry":
    case "seen":
    case "typing":
    case "looking":
    case "shopper":
    case "reach":
    case "route":
      inThread(desk, frame, wishes);
      return;
    default:
      // A newer gateway may say more than this console knows.
      return;
  }
}

/** The list may or may not hold ourselves; shown are the others. */
function met(desk: DeskState, people: readonly Colleague[]): void {
  const self = people.find((colleague) => colleague.agent_id === desk.me.agent_id);
  if (self) {
    desk.self.value = self;
    desk.standing.value = self;
  }
  desk.colleagues.value = people.filter((colleague) => colleague !== self);
}

function inThread(desk: DeskState, frame: ThreadFrame, wishes: Wishes): void {
  const id = about(frame);
  const thread = desk.threads.value.get(id);
  if (!thread) return;
  if (frame.t === "entry") heardOf(frame.entry.at);
  else if (frame.t === "shopper") heardOf(frame.shopper.since);
  const heard = hearThread(thread, frame, desk.epoch.value, Date.now());
  put(desk, frame.t === "route" ? { ...heard.thread, routeAt: present() } : heard.thread);
  letGo(desk, id);
  if (heard.gap) wishes.reopen(heard.thread);
  if (frame.t === "typing" && frame.on) wishes.typing(id);
}

/** A letter leaves the outbox once its entry can be read, or at its ack where nobody looks. */
function letGo(desk: DeskState, conversationId: string): void {
  const thread = desk.threads.value.get(conversationId);
  if (thread?.log) desk.outbox.value = shown(desk.outbox.value, thread.log);
  else {
    desk.outbox.value = desk.outbox.value.filter(
      (letter) => letter.state !== "sent" || letter.conversationId !== conversationId,
    );
  }
}

function failed(desk: DeskState, frame: Failed): void {
  if (frame.cmid) {
    desk.outbox.value = refused(desk.outbox.value, frame);
    return;
  }
  const thread = desk.thread.value;
  if (thread && frame.about === "open") {
    put(desk, { ...thread, opening: false, refused: plainly(frame) });
    return;
  }
  if (thread && frame.about === "earlier") put(desk, { ...thread, paging: false });
  const own = known(`error.${frame.about}.${frame.code}`);
  desk.toast.value = { words: own ? say(own) : plainly(frame), undo: null };
}

export function put(desk: DeskState, thread: Thread): void {
  desk.threads.value = new Map(desk.threads.value).set(thread.conversationId, thread);
}
