/**
 * What the loader on the shop's page and the panel on the gateway's origin tell each other.
 *
 * The loader speaks first, to the gateway's exact origin; the panel answers only an origin that
 * the store lists. Nothing secret crosses from the panel but the handle, which the page must keep
 * where the frame can keep nothing: the shop's page is not trusted with words or sessions.
 * Both say what is so, not what to do, so a message lost or repeated does no harm.
 */

import type { Subscription, Without } from "../push/subscription";

/** Marks our messages among everything else that a page posts. */
export const MARK = "onethread";

/** One call of the shop's page, for the gateway to know; the numbers grow within a page. */
export type Told = [n: number, call: unknown, first?: unknown, second?: unknown];

/** How the shop wants the panel to look. */
export interface Look {
  accent: string;
  /** `light`, `dark`, or `auto`: as the shopper's device has it. */
  scheme: string;
}

/** Sent at first, again whenever any of it changes, and in answer to whatever the panel says. */
export interface LoaderSays {
  [MARK]: 1;
  /** The panel is shown; a hidden frame still counts as visible for the browser. */
  open: boolean;
  /** A conversation is going on, so connect even while shut. */
  kept: boolean;
  /** The window has the focus, be it in the page or in the panel. */
  focus: boolean;
  /** The pointer just left the page by its upper edge. */
  leaving: boolean;
  url: string;
  title: string;
  /** What the panel has not said it heard. */
  told?: Told[];
  look?: Look;
  /** What the panel gave to keep; null for nothing. */
  handle?: string | null;
}

/** Any of these also counts as the panel's hello; with nothing in it, it asks how the page is. */
export interface PanelSays {
  [MARK]: 1;
  /** The shopper shut the panel from inside. */
  close?: true;
  /** Whether a conversation is going on; kept for the shop's next page. */
  kept?: boolean;
  unread?: number;
  /** Always with `unread`: tells it to somebody who does not see the badge; empty for none. */
  words?: string;
  /**
   * The store's key for notifications. The shopper has asked for them just `now`, or once in this
   * browser, so they may be had `again` where nobody need be asked; null: tell how it stands.
   */
  push?: { key: string; ask: "now" | "again" | null };
  /** The number of the last call that came; it and all before it need not be said again. */
  heard?: number;
  /** Keep this for the next page, in place of what was kept; null: keep nothing. */
  handle?: string | null;
  /** Something that whoever builds the shop should read, in plain words. */
  warn?: string;
}

/** What the part that asks for notifications tells the panel, on the shop's page or beside it. */
export interface PartSays {
  [MARK]: 1;
  push: Subscription | Without;
}
