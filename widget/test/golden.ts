/** The frames that the gateway's own tests read too, and short ways to make more. */

import earlierPage from "../../tests/corpus/frames/shopper_earlier_page.json";
import firstMessage from "../../tests/corpus/frames/shopper_first_message.json";
import gap from "../../tests/corpus/frames/shopper_gap.json";
import leavesAddress from "../../tests/corpus/frames/shopper_leaves_address.json";
import refusedMessage from "../../tests/corpus/frames/shopper_refused_message.json";
import resolvedAndBack from "../../tests/corpus/frames/shopper_resolved_and_back.json";
import resumeRecovered from "../../tests/corpus/frames/shopper_resume_recovered.json";
import says from "../../tests/corpus/frames/shopper_says.json";
import snapshotReplaces from "../../tests/corpus/frames/shopper_snapshot_replaces.json";
import type { Entry, LeaveAddress, ShopperHears, ShopperSays, Welcome } from "../link/protocol.gen";
import { hear, NOTHING_YET, type ShopperView } from "../link/shopper";

function heard(file: { union: string; frames: unknown[] }): ShopperHears[] {
  if (file.union !== "shopper_hears") throw new Error(`these are ${file.union}`);
  return file.frames as ShopperHears[];
}

export const FIRST_MESSAGE = heard(firstMessage);
export const RESUME_RECOVERED = heard(resumeRecovered);
export const SNAPSHOT_REPLACES = heard(snapshotReplaces);
export const EARLIER_PAGE = heard(earlierPage);
export const GAP = heard(gap);
export const LEAVES_ADDRESS = heard(leavesAddress);
export const RESOLVED_AND_BACK = heard(resolvedAndBack);
export const REFUSED_MESSAGE = heard(refusedMessage);
export const SAYS = says.frames as ShopperSays[];

export const WELCOME = FIRST_MESSAGE[0] as Welcome;
export const CONVERSATION = "cv1";

/** Folds frames in order; `gap` as of the last. */
export function fold(frames: readonly ShopperHears[], from: ShopperView = NOTHING_YET, now = 0) {
  let view = from;
  let gap = false;
  for (const frame of frames) ({ view, gap } = hear(view, frame, now));
  return { view, gap };
}

export function entry(seq: number, part: Partial<Entry> = {}): Entry {
  const side = part.author?.side ?? "staff";
  return {
    id: `en${seq}`,
    seq,
    prev: seq - 1,
    at: 1_763_719_200_000 + seq * 60_000,
    kind: "message",
    author: { side, id: "ag1", name: "Ada", face: null },
    channel: "chat",
    body: `Message ${seq}`,
    event: null,
    data: {},
    cmid: null,
    original: false,
    automatic: false,
    edited: false,
    taken_back: false,
    attachments: [],
    ...part,
  };
}

export const VERA = { side: "shopper", id: "sh1", name: "Vera", face: null } as const;
export const SYSTEM = { side: "system", id: "", name: "", face: null } as const;

/** What shoppers are told of nobody, and of an agent without a picture. */
export const UNTOLD = { face: null, until: null, by_schedule: false } as const;

/** Vera leaves her number and agrees. */
export function leaves(value: string): LeaveAddress {
  return { t: "leave_address", channel: "sms", value, sentence_id: "sms-v1" };
}

export function arrives(made: Entry): ShopperHears {
  return { t: "entry", conversation_id: CONVERSATION, entry: made };
}
