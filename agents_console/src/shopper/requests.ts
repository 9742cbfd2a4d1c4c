/** The requests about a shopper, and what they answer. */

import type { AddressFact, BlockedFact, ShopperFact } from "../../../widget/link/protocol.gen";
import { ApiError, type Ask } from "../api";
import { say } from "./words";

export interface ConversationLine {
  readonly conversation_id: string;
  readonly number: number;
  readonly state: "open" | "resolved";
  readonly subject: string;
  readonly last_at: number;
  readonly continued_in: string | null;
}

/** Somebody to choose; `by` is the address that both left. */
export interface Somebody {
  readonly shopper_id: string;
  readonly name: string;
  readonly verified: boolean;
  readonly addresses: readonly string[];
  readonly by: string;
  readonly blocked: boolean;
}

/** `first`: another merge came over it, and has to be taken back before. */
export interface MergeLine {
  readonly merge_id: string;
  readonly name: string;
  readonly numbers: readonly number[];
  readonly by: string;
  readonly at: number;
  readonly first: boolean;
}

export interface About {
  readonly shopper_id: string;
  readonly conversations: readonly ConversationLine[];
  readonly merges: readonly MergeLine[];
  readonly alike: readonly Somebody[];
}

export interface Attribute {
  readonly name: string;
  readonly value: string;
}

export interface Side {
  readonly shopper_id: string;
  readonly name: string;
  readonly sub: string | null;
  readonly verified: boolean;
  readonly addresses: readonly Omit<AddressFact, "sentence" | "code_sent">[];
  readonly conversations: readonly ConversationLine[];
  readonly preference: ShopperFact["preference"];
  readonly attributes: readonly Attribute[];
  readonly blocked: BlockedFact | null;
}

export interface Told {
  readonly code: string;
  readonly channel?: AddressFact["channel"];
  readonly values?: readonly string[];
}

export interface Preview {
  readonly elder: Side;
  readonly younger: Side;
  readonly made: {
    readonly name: string;
    readonly preference: ShopperFact["preference"];
    readonly addresses: readonly string[];
    readonly both: readonly string[];
    readonly goes_on: number | null;
    readonly closes: number | null;
    readonly attributes: readonly Attribute[];
  };
  readonly told: readonly Told[];
  readonly seen: string;
}

export interface Parting extends MergeLine {
  readonly elder: string;
  readonly conversations: readonly number[];
  readonly reopens: number | null;
  readonly addresses: readonly string[];
  readonly both: readonly string[];
  readonly learned: readonly ("name" | "preference")[];
  readonly blocked: boolean;
}

export interface ShopperRequests {
  about(shopperId: string): Promise<About>;
  find(words: string): Promise<readonly Somebody[]>;
  preview(one: string, other: string): Promise<Preview>;
  merge(one: string, other: string, seen: string): Promise<{ merge_id: string }>;
  parting(mergeId: string): Promise<Parting>;
  part(mergeId: string): Promise<unknown>;
  block(shopperId: string, because: string): Promise<unknown>;
  unblock(shopperId: string): Promise<unknown>;
}

export function shopperRequests(ask: Ask, storeId: string): ShopperRequests {
  const segment = encodeURIComponent;
  const store = `/api/stores/${segment(storeId)}`;
  const one = (id: string) => `${store}/shoppers/${segment(id)}`;
  const two = (id: string, other: string) => `${one(id)}/merge/${segment(other)}`;
  const merge = (id: string) => `${store}/merges/${segment(id)}`;
  return {
    about: (id) => ask("GET", one(id)),
    find: async (words) => {
      const path = `${store}/shoppers`;
      return (await ask<{ shoppers: readonly Somebody[] }>("POST", path, { query: words }))
        .shoppers;
    },
    preview: (id, other) => ask("GET", two(id, other)),
    merge: (id, other, seen) => ask("POST", two(id, other), { seen }),
    parting: (id) => ask("GET", merge(id)),
    part: (id) => ask("DELETE", merge(id)),
    block: (id, because) => ask("PUT", `${one(id)}/block`, { because }),
    unblock: (id) => ask("DELETE", `${one(id)}/block`),
  };
}

/** Why it did not work, as an agent may read it. */
export function refused(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return say("unreachable");
  return error.status < 500 && error.message ? sentence(error.message) : say("failed");
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? "" : "."}`;
}
