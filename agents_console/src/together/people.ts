/** Whom a conversation can be given to, in the order in which they are likely to be wanted. */

import type { Colleague } from "../../../widget/link/protocol.gen";

export const NOBODY = "nobody";
export type Whom = Colleague | typeof NOBODY;

/** Those whose name has all the words, by how it begins; whoever has it already is left out. */
export function matching(
  asked: string,
  self: Colleague | null,
  colleagues: readonly Colleague[],
  assignee: string | null,
): readonly Whom[] {
  const words = plain(asked).split(/\s+/).filter(Boolean);
  const found = colleagues
    .filter(({ name }) => words.every((word) => parts(name).some((part) => part.startsWith(word))))
    .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  const whole: Whom[] = words.length > 0 ? found : [...(self ? [self] : []), ...found];
  const rest = whole.filter((whom) => whom === NOBODY || whom.agent_id !== assignee);
  return assignee !== null && words.length === 0 ? [...rest, NOBODY] : rest;
}

function parts(name: string): readonly string[] {
  return plain(name).split(/[\s\-'.]+/);
}

/** "José" is found by "jose". */
function plain(words: string): string {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
}

function rank({ connected, duty }: Colleague): number {
  if (!connected) return 3;
  return ["online", "away", "do_not_disturb"].indexOf(duty);
}
