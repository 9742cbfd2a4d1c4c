/** What may be chosen for the letters before the caret. */

import type { Colleague } from "../../../widget/link/protocol.gen";
import { bodyFor, type Facts, filledIn } from "../canned/fill";
import { type CannedBook, fitting } from "../canned/shelf";
import type { EmojiFact } from "./emoji";
import { say } from "./words";

export interface Suggestion {
  readonly key: string;
  /** "/hello", "Ada Moreau", "🙂" */
  readonly head: string;
  readonly words: string;
  readonly mark: string;
  /** The whole of what will be put there, when that is more than the words. */
  readonly preview: string;
  readonly put: string;
  /** The answer that has it shall end the conversation. */
  readonly resolves: boolean;
}

const MOST = 8;

export function cannedFor(
  book: CannedBook | undefined,
  query: string,
  facts: Facts,
): readonly Suggestion[] {
  if (!book) return [];
  const spoken = facts.shopper?.language ?? "";
  return fitting(book.canned, query)
    .slice(0, MOST)
    .map((fact) => {
      const put = filledIn(bodyFor(fact.bodies, spoken, book.language), facts);
      const marks = [fact.own && say("suggest.own"), fact.resolves && say("suggest.resolves")];
      return {
        key: fact.canned_id,
        head: `/${fact.shortcut}`,
        words: fact.name,
        mark: marks.filter(Boolean).join(", "),
        preview: put,
        put,
        resolves: fact.resolves,
      };
    });
}

export function colleaguesFor(
  colleagues: readonly Colleague[],
  query: string,
): readonly Suggestion[] {
  const named = query.trim();
  return colleagues
    .filter(({ name }) => {
      const whole = name.toLowerCase();
      // Whoever has typed the whole name, or goes on after it, has chosen already.
      return (
        (whole.startsWith(named) || whole.split(/\s+/).some((part) => part.startsWith(named))) &&
        whole !== named
      );
    })
    .slice(0, MOST)
    .map(({ agent_id, name, connected, duty }) => ({
      key: agent_id,
      head: name,
      words: "",
      mark: connected && duty === "online" ? "" : say("suggest.away"),
      preview: "",
      put: `@${name} `,
      resolves: false,
    }));
}

export function emojiFor(emoji: readonly EmojiFact[], query: string): readonly Suggestion[] {
  const rank = ([, names]: EmojiFact) =>
    names.some((name) => name === query) ? 0 : names.some((name) => name.startsWith(query)) ? 1 : 2;
  return emoji
    .map((each) => ({ each, rank: rank(each) }))
    .filter((found) => found.rank < 2)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ each: [sign, names] }) => ({
      key: sign,
      head: sign,
      words: `:${names.find((name) => name.startsWith(query)) ?? names[0]}`,
      mark: "",
      preview: "",
      put: sign,
      resolves: false,
    }));
}

/** Whom a note names: whose name stands in it after an `@`; "@Ada Moreau" is not "@Ada". */
export function namedIn(text: string, people: readonly Pick<Colleague, "agent_id" | "name">[]) {
  const names = [...new Set(people.map(({ name }) => name))];
  let left = text;
  const meant = names
    .sort((one, other) => other.length - one.length)
    .filter((name) => {
      const parts = left.split(`@${name}`);
      left = parts.join("\n");
      return parts.length > 1;
    });
  return people.filter(({ name }) => meant.includes(name)).map(({ agent_id }) => agent_id);
}
