/** What a view is narrowed to, and how that is told: to the gateway, and in the address bar. */

import type { AskInbox, InboxRow } from "../../../widget/link/protocol.gen";
import type { View } from "../place";

/** The same on the wire. */
export type Narrowed = Omit<AskInbox, "t" | "after">;

export interface Narrow {
  readonly store?: string;
  readonly label?: string;
  readonly channel?: InboxRow["channel"];
  /** An agent's id; empty: nobody's. */
  readonly assignee?: string;
}

const CHANNELS: readonly InboxRow["channel"][] = [
  "chat",
  "sms",
  "email",
  "whatsapp",
  "push",
  "app",
];
const ID = /^[0-9a-z]{1,40}$/;

export const WHOLE: Narrow = {};

export function isNarrow(narrow: Narrow): boolean {
  return Object.values(narrow).some((value) => value !== undefined);
}

/** As the address bar has it, without the "?"; empty for the whole view. */
export function toQuery(narrow: Narrow): string {
  const query = new URLSearchParams();
  for (const name of ["store", "label", "channel", "assignee"] as const) {
    const value = narrow[name];
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}

/** What makes no sense is left out. */
export function fromQuery(query: string): Narrow {
  const given = new URLSearchParams(query);
  const id = (name: string) => {
    const value = given.get(name);
    return value !== null && ID.test(value) ? value : undefined;
  };
  const channel = CHANNELS.find((each) => each === given.get("channel"));
  const assignee = given.get("assignee") === "" ? "" : id("assignee");
  const [store, label] = [id("store"), id("label")];
  return {
    ...(store !== undefined && { store }),
    ...(label !== undefined && { label }),
    ...(channel !== undefined && { channel }),
    ...(assignee !== undefined && { assignee }),
  };
}

export function toWire(view: View, narrow: Narrow): Narrowed {
  return {
    view,
    store_id: narrow.store ?? null,
    label_id: narrow.label ?? null,
    channel: narrow.channel ?? null,
    assignee_id: narrow.assignee ?? null,
  };
}

export function fromWire(told: Narrowed): Narrow {
  return {
    ...(told.store_id != null && { store: told.store_id }),
    ...(told.label_id != null && { label: told.label_id }),
    ...(told.channel != null && { channel: told.channel }),
    ...(told.assignee_id != null && { assignee: told.assignee_id }),
  };
}

/** One name for a view that is narrowed so. */
export function shelfKey(view: View, narrow: Narrow): string {
  const query = toQuery(narrow);
  return query ? `${view}?${query}` : view;
}

export function fits(row: InboxRow, narrow: Narrow): boolean {
  const { store, label, channel, assignee } = narrow;
  return (
    (store === undefined || row.store_id === store) &&
    (label === undefined || row.labels.includes(label)) &&
    (channel === undefined || row.channel === channel) &&
    (assignee === undefined || (row.assignee_id ?? "") === assignee)
  );
}
