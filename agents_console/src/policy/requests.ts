/** The policy's HTTP: what comes and what goes. Instants are milliseconds since 1970. */

import type { Ask } from "../api";
import type { Document } from "./document";
import type { FieldSchema } from "./kinds";
import type { Told } from "./problems";

export interface VersionFact {
  readonly version: number;
  readonly at: number;
  /** An agent's name; empty for the operator. */
  readonly by: string;
  /** The earlier version that this one says again. */
  readonly same_as: number | null;
}

export interface OldFact {
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly document: Document;
}

export interface Starter {
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly document: Document;
}

export interface PolicyFact extends OldFact {
  readonly schema: { readonly properties: Readonly<Record<string, FieldSchema>> };
  readonly sentences: Readonly<Record<string, string>>;
  readonly starters: readonly Starter[];
  readonly versions: readonly VersionFact[];
  readonly may_change: boolean;
}

export type Checked =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly errors: readonly Told[] };

export interface Requests {
  look(): Promise<PolicyFact>;
  old(version: number): Promise<OldFact>;
  check(document: Document): Promise<Checked>;
  put(document: Document, version: number): Promise<PolicyFact>;
  whatIf(document: Document, days: number): Promise<WhatIf>;
}

/** What one policy makes of what happened; lengths of time in milliseconds. */
export interface Outcome {
  /** How often a shopper's phone or mailbox rang, by channel. */
  readonly interruptions: Readonly<Record<string, number>>;
  /** The same for agents. */
  readonly notices: Readonly<Record<string, number>>;
  readonly segments: number;
  readonly cost: number;
  readonly currency: string;
  readonly reached_p50_ms: number | null;
  readonly reached_p90_ms: number | null;
  readonly never_reached: number;
}

export interface WhatIf {
  readonly conversations: number;
  /** Older ones that were too many to go through. */
  readonly left_out: number;
  readonly since: number;
  readonly policies: { readonly current: Outcome; readonly proposed: Outcome };
  /** In words: what would have gone otherwise than it did. */
  readonly examples: readonly string[];
}

export function requests(ask: Ask, storeId: string): Requests {
  const place = `/api/stores/${encodeURIComponent(storeId)}/policy`;
  return {
    look: () => ask("GET", place),
    old: (version) => ask("GET", `${place}?version=${version}`),
    check: (document) => ask("POST", `${place}/check`, { document }),
    put: (document, version) => ask("PUT", place, { document, version }),
    whatIf: (document, days) => ask("POST", `${place}/what_if`, { document, days }),
  };
}
