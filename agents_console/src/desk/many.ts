/** What is done with several conversations at once, or with one: each has its way back. */

import type {
  AgentSays,
  Bulk,
  BulkAct,
  BulkDone,
  InboxRow,
  Which,
} from "../../../widget/link/protocol.gen";
import { say, sayMany } from "../words";
import type { Sender } from "./acts";
import type { DeskState } from "./state";

/** The gateway takes no more in one frame. */
const MOST = 500;
/** So many frames go at once and the others one by one: it hangs up on whoever says more. */
export const AT_ONCE = 20;
const PAUSE_MS = 100;
/** Of what could not be done, so many are told of. */
const MOST_TOLD = 3;

export interface Many {
  /** What is marked, else what is open. */
  chosen(): readonly InboxRow[];
  /** Mark a conversation, or mark it no more. */
  mark(conversationId: string): void;
  /** Mark everything from the row that the keyboard is at down or up to this one. */
  markTo(conversationId: string): void;
  giveThese(rows: readonly InboxRow[], agentId: string | null): void;
  labelThese(rows: readonly InboxRow[], add: readonly string[], remove: readonly string[]): void;
  /** `until`: milliseconds UTC; null wakes them. */
  snoozeThese(rows: readonly InboxRow[], until: number | null): void;
  resolveThese(rows: readonly InboxRow[]): void;
  reopenThese(rows: readonly InboxRow[]): void;
}

interface Act {
  readonly on: readonly InboxRow[];
  readonly act: BulkAct;
}

const NOTHING: Omit<BulkAct, "kind"> = { agent_id: null, add: [], remove: [], until: null };

export function createMany(desk: DeskState, line: Sender): Many {
  let waiting: AgentSays[] = [];
  let turn: ReturnType<typeof setTimeout> | undefined;

  function send(acts: readonly Act[]): void {
    waiting.push(...acts.flatMap(framesOf));
    if (turn === undefined) next(AT_ONCE);
  }

  function next(n: number): void {
    const now = waiting.splice(0, n);
    if (!now.every((frame) => line.send(frame))) {
      waiting = [];
      desk.toast.value = { words: say("connection.notNow"), undo: null };
    }
    turn = waiting.length > 0 ? setTimeout(next, PAUSE_MS, 1) : undefined;
  }

  function act(done: Act, words: string, back: readonly Act[]): void {
    if (done.on.length === 0) return;
    if (desk.connection.value.at !== "live") {
      desk.toast.value = { words: say("connection.notNow"), undo: null };
      return;
    }
    // Whoever did it wants to see it done.
    desk.held.value = false;
    desk.marked.value = new Set();
    desk.toast.value = { words, undo: () => send(back) };
    send([done]);
  }

  return {
    chosen() {
      const { rows } = desk.book.value;
      const ids = [...desk.marked.value];
      const open = desk.place.value.open?.conversationId;
      const wanted = ids.length > 0 ? ids : open === undefined ? [] : [open];
      return wanted.flatMap((id) => rows.get(id) ?? []);
    },
    mark(id) {
      const marked = new Set(desk.marked.value);
      if (!marked.delete(id)) marked.add(id);
      desk.marked.value = marked;
      desk.cursor.value = id;
    },
    markTo(id) {
      const ids = desk.rows.value.map((row) => row.conversation_id);
      const [from, to] = [ids.indexOf(desk.cursor.value), ids.indexOf(id)];
      if (to < 0) return;
      const some = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
      desk.marked.value = new Set([...desk.marked.value, ...some]);
      desk.cursor.value = id;
    },
    giveThese(rows, agentId) {
      const on = rows.filter((row) => row.assignee_id !== agentId);
      const back = grouped(on, (row) => ({
        ...plain("assign"),
        agent_id: row.assignee_id ?? null,
      }));
      act({ on, act: { ...plain("assign"), agent_id: agentId } }, many("given", on), back);
    },
    labelThese(rows, add, remove) {
      const change = (row: InboxRow) => ({
        remove: add.filter((id) => !row.labels.includes(id)),
        add: remove.filter((id) => row.labels.includes(id)),
      });
      const on = rows.filter((row) => change(row).add.length + change(row).remove.length > 0);
      const back = grouped(on, (row) => ({ ...plain("label"), ...change(row) }));
      const done = { ...plain("label"), add: [...add], remove: [...remove] };
      act({ on, act: done }, many("labelled", on), back);
    },
    snoozeThese(rows, until) {
      const on = rows.filter((row) => row.state === "open" && row.snoozed_until !== until);
      const back = grouped(on, (row) => ({ ...plain("snooze"), until: row.snoozed_until }));
      const words = many(until === null ? "woken" : "snoozed", on);
      act({ on, act: { ...plain("snooze"), until } }, words, back);
    },
    resolveThese(rows) {
      const on = rows.filter((row) => row.state === "open");
      const asleep = on.filter((row) => row.snoozed_until !== null);
      const back = [
        { on, act: plain("reopen") },
        ...grouped(asleep, (row) => ({ ...plain("snooze"), until: row.snoozed_until })),
      ];
      act({ on, act: plain("resolve") }, many("resolved", on), back);
    },
    reopenThese(rows) {
      const on = rows.filter((row) => row.state === "resolved");
      act({ on, act: plain("reopen") }, many("reopened", on), [{ on, act: plain("resolve") }]);
    },
  };
}

/** What could not be done, by number and reason; nothing is said when all went well. */
export function leftOut(desk: DeskState, done: BulkDone): void {
  if (done.left_out.length === 0) return;
  const told = done.left_out
    .slice(0, MOST_TOLD)
    .map((each) => (each.number === null ? each.message : `#${each.number}: ${each.message}`));
  const words = sayMany("toast.leftOut", done.left_out.length, { why: told.join("; ") });
  desk.toast.value = { words, undo: desk.toast.value?.undo ?? null };
}

function plain(kind: BulkAct["kind"]): BulkAct {
  return { kind, ...NOTHING };
}

function framesOf({ on, act }: Act): Bulk[] {
  const frames: Bulk[] = [];
  for (let at = 0; at < on.length; at += MOST) {
    frames.push({ t: "bulk", ref: "", on: on.slice(at, at + MOST).map(which), act });
  }
  return frames;
}

function which(row: InboxRow): Which {
  return { store_id: row.store_id, conversation_id: row.conversation_id };
}

/** One act for all that are to become the same again. */
function grouped(rows: readonly InboxRow[], of: (row: InboxRow) => BulkAct): Act[] {
  const groups = new Map<string, { on: InboxRow[]; act: BulkAct }>();
  for (const row of rows) {
    const act = of(row);
    const key = JSON.stringify(act);
    const group = groups.get(key) ?? { on: [], act };
    group.on.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function many(
  what: "given" | "labelled" | "snoozed" | "woken" | "resolved" | "reopened",
  rows: readonly InboxRow[],
): string {
  return sayMany(`toast.many.${what}`, rows.length);
}
