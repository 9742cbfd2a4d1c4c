/**
 * Where in the console somebody is, kept in the address bar: `#/mine/<store>/<conversation>`
 * (with `?label=…` and the like for what the view is narrowed to),
 * `#/policy/<store>`, `#/mail/<store>`, `#/canned/<store>`, `#/aside` or `#/search`. One entry of a
 * conversation is `#/mine/<store>/<conversation>/<seq>`.
 */

import type { AskInbox } from "../../widget/link/protocol.gen";
import { fromQuery, isNarrow, type Narrow, toQuery } from "./inbox/narrow";

export type View = AskInbox["view"];
export const VIEWS: readonly View[] = [
  "open",
  "mine",
  "unassigned",
  "mentions",
  "snoozed",
  "unreachable",
  "resolved",
  "blocked",
];

export interface Which {
  readonly storeId: string;
  readonly conversationId: string;
  /** The entry that is to be looked at. */
  readonly seq?: number;
}

export interface Place {
  readonly view: View;
  readonly open: Which | null;
  /** What the view is narrowed to. */
  readonly narrow?: Narrow;
  /** The store whose policy is looked at instead; empty for whichever comes first. */
  readonly policy?: string;
  /** The same for its mails. */
  readonly mail?: string;
  /** The same for its canned replies. */
  readonly canned?: string;
  /** The mails that were set aside, in every store. */
  readonly aside?: true;
  /** What is looked for is nobody else's business, and no part of an address. */
  readonly search?: true;
}

const ID = /^[0-9a-z]{1,40}$/;
const SEQ = /^[1-9][0-9]{0,8}$/;

/** Anything that is no address of ours leads to the open conversations. */
export function fromHash(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view, storeId, conversationId, seq] = path.split("/");
  if (view === "policy" || view === "mail" || view === "canned") {
    return { view: "open", open: null, [view]: storeId && ID.test(storeId) ? storeId : "" };
  }
  if (view === "aside") return { view: "open", open: null, aside: true };
  if (view === "search") return { view: "open", open: null, search: true };
  const known = VIEWS.find((name) => name === view) ?? "open";
  const narrow = fromQuery(query);
  const where = { view: known, ...(isNarrow(narrow) && { narrow }) };
  if (!storeId || !conversationId || !ID.test(storeId) || !ID.test(conversationId)) {
    return { ...where, open: null };
  }
  const spot = seq && SEQ.test(seq) ? { seq: Number(seq) } : {};
  return { ...where, open: { storeId, conversationId, ...spot } };
}

export function toHash(place: Place): string {
  const { view, open, narrow = {}, policy, mail, canned, aside, search } = place;
  if (aside) return "#/aside";
  if (search) return "#/search";
  if (policy !== undefined) return policy ? `#/policy/${policy}` : "#/policy";
  if (canned !== undefined) return canned ? `#/canned/${canned}` : "#/canned";
  if (mail !== undefined) return mail ? `#/mail/${mail}` : "#/mail";
  const query = isNarrow(narrow) ? `?${toQuery(narrow)}` : "";
  const spot = open?.seq ? `/${open.seq}` : "";
  const path = open ? `${view}/${open.storeId}/${open.conversationId}${spot}` : view;
  return `#/${path}${query}`;
}
