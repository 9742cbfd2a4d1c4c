/** The quarantine's HTTP: what comes and what goes. */

import type { Ask } from "../api";

/** A mail that was set aside; `came_at` in milliseconds, `sender` masked and empty for a bounce. */
export interface AsideFact {
  readonly name: string;
  readonly store_key: string;
  readonly store: string;
  readonly came_at: number;
  readonly why: string;
  readonly sender: string;
  /** Octets. */
  readonly size: number;
  readonly attempts: number;
}

interface Answer {
  readonly mails: readonly AsideFact[];
}

/** All of them, the oldest of each store first. */
export async function look(ask: Ask): Promise<readonly AsideFact[]> {
  return (await ask<Answer>("GET", "/api/quarantine")).mails;
}

/** Has one read again; what is left. */
export async function release(ask: Ask, name: string): Promise<readonly AsideFact[]> {
  const path = `/api/quarantine/${encodeURIComponent(name)}/release`;
  return (await ask<Answer>("POST", path)).mails;
}
