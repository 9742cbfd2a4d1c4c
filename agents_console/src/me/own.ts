/** What an agent says of themselves: where, and when, they may be told that somebody waits. */

import type { AddressFact } from "../../../widget/link/protocol.gen";
import type { Ask } from "../api";

/** Where agents may be told; the other ways are for shoppers. */
export type OwnChannel = Extract<AddressFact["channel"], "sms" | "email">;
export type OwnAddress = AddressFact & { readonly channel: OwnChannel };

export interface Own {
  readonly name: string;
  /** Where their picture is. */
  readonly face: string | null;
  readonly email: string;
  /** "Mon-Fri 09:00-18:00"; none: at any time. */
  readonly hours: readonly string[];
  /** IANA name; empty: the store's. */
  readonly zone: string;
  /** The place in the order of who is told, 0 for none. */
  readonly on_call: number;
  readonly addresses: readonly OwnAddress[];
}

/** Each answers with all settings as they are then. */
export interface OwnRequests {
  look(): Promise<Own>;
  rename(name: string): Promise<Own>;
  keepFace(picture: Blob): Promise<Own>;
  removeFace(): Promise<Own>;
  keepHours(hours: readonly string[], zone: string): Promise<Own>;
  /** A code goes there; the same address once more gets another one. */
  add(channel: OwnChannel, value: string): Promise<Own>;
  prove(addressId: string, code: string): Promise<Own>;
  remove(addressId: string): Promise<Own>;
}

export function ownRequests(ask: Ask): OwnRequests {
  const at = (addressId: string) => `/api/me/addresses/${encodeURIComponent(addressId)}`;
  const look = () => ask<Own>("GET", "/api/me");
  return {
    look,
    rename: (name) => ask("PUT", "/api/me/name", { name }),
    keepFace: (picture) => ask("PUT", "/api/me/face", picture).then(look),
    removeFace: () => ask("DELETE", "/api/me/face").then(look),
    keepHours: (hours, zone) => ask("PUT", "/api/me/hours", { hours, zone }),
    add: (channel, value) => ask("POST", "/api/me/addresses", { channel, value }),
    prove: (addressId, code) => ask("POST", `${at(addressId)}/code`, { code }),
    remove: (addressId) => ask("DELETE", at(addressId)),
  };
}

/** Is there a place where somebody may be told? */
export function isToldSomewhere(own: Own): boolean {
  return own.addresses.some(({ proven, failed, stopped }) => proven && !failed && !stopped);
}

/** Every zone that this browser knows, and those that are in use whether it knows them or not. */
export function zones(...used: readonly string[]): readonly string[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [...new Set([...known, "UTC", ...used.filter(Boolean)])].sort();
}

/** The zone of this computer. */
export function hereZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
