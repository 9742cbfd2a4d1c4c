/** What is wrong with a draft: what can be seen here at once, and what the gateway says of it. */

import { countryName } from "./countries";
import type { Draft, Span } from "./document";
import type { Kind, Kinds } from "./kinds";
import { readHours } from "./windows";
import { told as calledAlone, say } from "./words";

/** By the field's name as the gateway gives it: "gone", "rules[0].delay", "prices.sms.DE". */
export type Problems = ReadonlyMap<string, string>;

export interface Told {
  readonly field: string;
  readonly message: string;
}

export function seen(draft: Draft, kinds: Kinds): Problems {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(draft.fields)) {
    const words = wrongWith(kinds.get(name), value);
    if (words) found.set(name, words);
  }
  for (const { longer, shorter } of ORDER) {
    const [most, least] = [draft.fields[longer], draft.fields[shorter]];
    if (typeof most === "number" && typeof least === "number" && most < least) {
      found.set(longer, say("wrong.shorter", { other: calledAlone(shorter) }));
    }
  }
  windows(found, "hours", draft.fields.hours);
  quiet(found, "quiet", draft.fields.quiet);
  draft.rules.forEach(({ rule }, index) => {
    span(found, `rules[${index}].delay`, rule.delay);
    span(found, `rules[${index}].longest`, rule.longest);
    if (Number(rule.longest ?? Number.POSITIVE_INFINITY) < Number(rule.delay ?? 0)) {
      found.set(`rules[${index}].longest`, say("wrong.shorter", { other: say("delay") }));
    }
    quiet(found, `rules[${index}].quiet`, rule.quiet);
  });
  const priced = new Set<string>();
  draft.prices.forEach(({ channel, country, price }, index) => {
    const where = `prices.${channel}.${country}`;
    if (typeof price === "string") found.set(`prices[${index}]`, say("wrong.number"));
    if (priced.has(where)) found.set(`prices[${index}]`, say("wrong.twice"));
    priced.add(where);
  });
  const named = new Set<string>();
  draft.groups.forEach(({ name, paths }, index) => {
    const at = `page_groups[${index}]`;
    if (paths.length === 0) found.set(at, say("wrong.noPath"));
    if (paths.some((path) => !/^[/*]/.test(path))) found.set(at, say("wrong.path"));
    if (named.has(name)) found.set(at, say("wrong.twice"));
    if (name.trim() === "") found.set(at, say("wrong.noName"));
    named.add(name);
  });
  return found;
}

/** What was typed into a field and is nothing of its kind. */
function wrongWith(kind: Kind | undefined, value: unknown): string | null {
  if (kind === "countries") {
    const unknown = (value as readonly string[]).find((code) => countryName(code) === null);
    return unknown === undefined ? null : say("wrong.country", { code: unknown });
  }
  if (typeof value !== "string") return null;
  if (kind === "span") return say("wrong.span");
  return kind === "count" || kind === "money" ? say("wrong.number") : null;
}

/** Lengths of time of which one is at least the other. */
const ORDER = [
  { longer: "longest", shorter: "gone" },
  { longer: "longest_gone", shorter: "gone" },
  { longer: "backoff_most", shorter: "backoff_first" },
  { longer: "circuit_most", shorter: "circuit_first" },
] as const;

/** Ours first: they speak of what was typed, the gateway of what it was sent. */
export function together(ours: Problems, theirs: readonly Told[], draft: Draft): Problems {
  const found = new Map(ours);
  for (const { field, message } of theirs) {
    const at = rowOf(field, draft);
    // The gateway names one of the two.
    if (at === "longest" && found.has("longest_gone")) continue;
    if (![...found.keys()].some((name) => within(name, at) || within(at, name))) {
      found.set(at, plainly(field, message));
    }
  }
  return found;
}

/** The first thing wrong with a field or with anything in it. */
export function problemOf(problems: Problems, field: string): string | null {
  for (const [name, message] of problems) if (within(name, field)) return message;
  return null;
}

export function countOf(problems: Problems, field: string): number {
  return [...problems.keys()].filter((name) => within(name, field)).length;
}

function within(name: string, field: string): boolean {
  return name === field || name.startsWith(`${field}.`) || name.startsWith(`${field}[`);
}

/** Prices and pages are rows here, and named by what they say there. */
function rowOf(field: string, draft: Draft): string {
  const price = draft.prices.findIndex(
    ({ channel, country }) => field === `prices.${channel}.${country}`,
  );
  if (price >= 0) return `prices[${price}]`;
  const group = draft.groups.findIndex(({ name }) => within(field, `page_groups.${name}`));
  return group >= 0 ? `page_groups[${group}]` : field;
}

/** The gateway's messages begin with the field's name, which is plain to see where they stand. */
function plainly(field: string, message: string): string {
  const rest = message.startsWith(`${field} must `) ? message.slice(field.length + 1) : message;
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`.replace(/\.\.$/, ".");
}

function span(found: Map<string, string>, field: string, value: Span | null | undefined): void {
  if (typeof value === "string") found.set(field, say("wrong.span"));
}

function quiet(found: Map<string, string>, field: string, value: unknown): void {
  if (!value) return;
  for (const [channel, hours] of Object.entries(value))
    windows(found, `${field}.${channel}`, hours);
}

function windows(found: Map<string, string>, field: string, value: unknown): void {
  if (!Array.isArray(value)) return;
  if (value.some((text) => readHours(String(text))?.days.length === 0)) {
    found.set(field, say("wrong.days"));
  }
}
