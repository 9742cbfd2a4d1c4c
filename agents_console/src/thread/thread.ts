/** One conversation as the console holds it: a pure fold of the frames about it. */

import { type Log, takeEntry, takePage, takeSeen, takeSnapshot } from "../../../widget/link/log";
import type {
  AgentHears,
  Entry,
  Later,
  Reach,
  Route,
  ShopperFact,
  SomeoneTyping,
} from "../../../widget/link/protocol.gen";

/** Somebody's typing is forgotten after so long without another frame. */
export const TYPING_MS = 6_000;

export interface Typist {
  readonly side: "shopper" | "staff";
  /** Two agents may have one name; null for the shopper. */
  readonly agentId: string | null;
  readonly name: string;
  readonly until: number;
}

export interface Thread {
  readonly storeId: string;
  readonly conversationId: string;
  readonly log: Log | null;
  readonly assigneeId: string | null;
  readonly shopper: ShopperFact | null;
  readonly reach: Readonly<Record<"shopper" | "staff", Reach | null>>;
  readonly route: Route | null;
  /** When the route arrived, by the gateway's clock; whoever hands frames over knows that. */
  readonly routeAt: number;
  readonly typing: readonly Typist[];
  /** The ids of the agents who have it before their eyes. */
  readonly looking: readonly string[];
  /** What is to be sent later, the next first. */
  readonly scheduled: readonly Later[];
  /** `open` was said and its snapshot is not here: what does not fit yet is no gap. */
  readonly opening: boolean;
  /** `earlier` was said and its page is not here. */
  readonly paging: boolean;
  /** The gateway will not show it; in words. */
  readonly refused: string | null;
}

/** The frames that name one conversation by `conversation_id` or, the snapshot, by its head. */
export type ThreadFrame = Extract<
  AgentHears,
  {
    t:
      | "snapshot"
      | "page"
      | "entry"
      | "seen"
      | "typing"
      | "looking"
      | "shopper"
      | "reach"
      | "route"
      | "scheduled";
  }
>;

export interface Heard {
  readonly thread: Thread;
  /** Something is missing: say `open` again with `cursor(thread.log)`. */
  readonly gap: boolean;
}

export function newThread(storeId: string, conversationId: string): Thread {
  return {
    storeId,
    conversationId,
    log: null,
    assigneeId: null,
    shopper: null,
    reach: { shopper: null, staff: null },
    route: null,
    routeAt: 0,
    typing: [],
    looking: [],
    scheduled: [],
    opening: false,
    paging: false,
    refused: null,
  };
}

export function about(frame: ThreadFrame): string {
  return frame.t === "snapshot" ? frame.conversation.conversation_id : frame.conversation_id;
}

/** `now` in milliseconds; `typing[].until` is on the same scale. */
export function hear(thread: Thread, frame: ThreadFrame, epoch: number, now: number): Heard {
  switch (frame.t) {
    case "snapshot": {
      const { log, outcome } = takeSnapshot(thread.log, frame);
      const assigneeId = frame.conversation.assignee_id;
      const next = { ...thread, log, assigneeId, opening: false, paging: false, refused: null };
      return { thread: next, gap: outcome === "gap" };
    }
    case "entry": {
      const { log, outcome } = takeEntry(thread.log, frame, epoch);
      if (outcome !== "taken") return { thread, gap: outcome === "gap" && !thread.opening };
      return { thread: grown({ ...thread, log }, frame.entry), gap: false };
    }
    case "page":
      return {
        thread: { ...thread, log: takePage(thread.log, frame).log, paging: false },
        gap: false,
      };
    case "seen":
      return { thread: { ...thread, log: takeSeen(thread.log, frame) }, gap: false };
    case "typing":
      return { thread: { ...thread, typing: typed(thread.typing, frame, now) }, gap: false };
    case "looking":
      return { thread: { ...thread, looking: frame.agent_ids }, gap: false };
    case "shopper":
      return { thread: { ...thread, shopper: frame.shopper }, gap: false };
    case "reach":
      return { thread: { ...thread, reach: { ...thread.reach, [frame.side]: frame } }, gap: false };
    case "scheduled":
      return { thread: { ...thread, scheduled: frame.messages }, gap: false };
    case "route":
      return { thread: { ...thread, route: frame }, gap: false };
  }
}

/** Whoever's message has arrived has stopped typing. */
function grown(thread: Thread, entry: Entry): Thread {
  const { side, id } = entry.author;
  const typing = without(thread.typing, side === "staff" ? id : null, side);
  const agent = entry.data.agent_id;
  const assigneeId =
    entry.event === "assigned" ? (typeof agent === "string" ? agent : null) : thread.assigneeId;
  return { ...thread, typing, assigneeId };
}

function typed(typing: readonly Typist[], frame: SomeoneTyping, now: number): readonly Typist[] {
  const { side, name, agent_id: agentId } = frame;
  const others = without(typing, agentId, side);
  return frame.on ? [...others, { side, agentId, name, until: now + TYPING_MS }] : others;
}

function without(
  typing: readonly Typist[],
  agentId: string | null,
  side: string,
): readonly Typist[] {
  return typing.filter((typist) => typist.side !== side || typist.agentId !== agentId);
}

/** Without those of whom nothing was heard for a while. */
export function stillTyping(thread: Thread, now: number): Thread {
  if (!thread.typing.some((typist) => typist.until <= now)) return thread;
  return { ...thread, typing: thread.typing.filter((typist) => typist.until > now) };
}
