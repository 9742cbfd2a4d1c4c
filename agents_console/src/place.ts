/**
 * Where in the console somebody is, kept in the address bar: `#/mine/<store>/<conversation>`,
 * `#/policy/<store>`, `#/mail/<store>` or `#/aside`.
 */

import type { AskInbox } from "../../widget/link/protocol.gen";

export type View = AskInbox["view"];
export const VIEWS: readonly View[] = ["open", "mine", "unassigned", "resolved"];

export interface Which {
  readonly storeId: string;
  readonly conversationId: string;
}

export interface Place {
  readonly view: View;
  readonly open: Which | null;
  /** The store whose policy is looked at instead; empty for whichever comes first. */
  readonly policy?: string;
  /** The same for its mails. */
  readonly mail?: string;
  /** The mails that were set aside, in every store. */
  readonly aside?: true;
}

const ID = /^[0-9a-z]{1,40}$/;

/** Anything that is no address of ours leads to the open conversations. */
export function fromHash(hash: string): Place {
  const [view, storeId, conversationId] = hash.replace(/^#\/?/, "").split("/");
  if (view === "policy" || view === "mail") {
    return { view: "open", open: null, [view]: storeId && ID.test(storeId) ? storeId : "" };
  }
  if (view === "aside") return { view: "open", open: null, aside: true };
  const known = VIEWS.find((name) => name === view) ?? "open";
  if (!storeId || !conversationId || !ID.test(storeId) || !ID.test(conversationId)) {
    return { view: known, open: null };
  }
  return { view: known, open: { storeId, conversationId } };
}

export function toHash(place: Place): string {
  const { view, open, policy, mail, aside } = place;
  if (aside) return "#/aside";
  if (policy !== undefined) return policy ? `#/policy/${policy}` : "#/policy";
  if (mail !== undefined) return mail ? `#/mail/${mail}` : "#/mail";
  return open ? `#/${view}/${open.storeId}/${open.conversationId}` : `#/${view}`;
}
