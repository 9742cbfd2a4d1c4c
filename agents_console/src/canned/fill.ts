/** Fills the variables of a canned reply; what is not known stays as a gap that somebody fills. */

import type { ShopperFact } from "../../../widget/link/protocol.gen";

/** What can be filled in. `trait.…` is anything that the store's pages said of the shopper. */
export const VARIABLES = [
  "shopper.first_name",
  "shopper.name",
  "agent.first_name",
  "agent.name",
  "store.name",
  "conversation.number",
] as const;

export interface Facts {
  readonly shopper: ShopperFact | null;
  readonly agent: string;
  readonly store: string;
  readonly number: number | null;
}

const HOLE =
  /\{\{ ?(shopper\.(?:first_)?name|agent\.(?:first_)?name|store\.name|conversation\.number|trait\.[^{}\n]{1,64}?) ?\}\}/g;
/** What somebody is called whose name is not known. */
const NOBODY = /^Shopper #\d+$/;

export interface Span {
  readonly from: number;
  readonly to: number;
}

export function filledIn(body: string, facts: Facts): string {
  return body.replace(HOLE, (hole, name: string) => told(name, facts) || hole);
}

/** The gaps that are left, in order. */
export function gaps(text: string): readonly Span[] {
  return [...text.matchAll(HOLE)].map(({ index, 0: hole }) => ({
    from: index,
    to: index + hole.length,
  }));
}

/** What a gap is called: "shopper.first_name". */
export function nameOf(text: string, { from, to }: Span): string {
  return text.slice(from + 2, to - 2).trim();
}

/** The words in the shopper's language, else the store's, else any. */
export function bodyFor(
  bodies: Readonly<Record<string, string>>,
  ...languages: readonly string[]
): string {
  for (const language of languages) {
    const found = bodies[language] ?? bodies[language.split("-")[0] ?? ""];
    if (found) return found;
  }
  return Object.values(bodies)[0] ?? "";
}

function told(name: string, { shopper, agent, store, number }: Facts): string {
  const called = shopper && !NOBODY.test(shopper.name) ? shopper.name : "";
  switch (name) {
    case "shopper.name":
      return called;
    case "shopper.first_name":
      return first(called);
    case "agent.name":
      return agent;
    case "agent.first_name":
      return first(agent);
    case "store.name":
      return store;
    case "conversation.number":
      return number === null ? "" : String(number);
    default:
      return trait(name.slice("trait.".length), shopper);
  }
}

function first(name: string): string {
  return name.trim().split(/\s+/)[0] ?? "";
}

function trait(name: string, shopper: ShopperFact | null): string {
  const said = [...(shopper?.identity.attributes ?? []), ...(shopper?.identity.claims ?? [])];
  return said.find((each) => each.name === name)?.value ?? "";
}
