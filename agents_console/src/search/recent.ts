/** What an agent looked for lately, in this tab alone: it names people. */

const MOST = 6;
const LONGEST = 200;

function key(agentId: string): string {
  return `onethread-searches-${agentId}`;
}

export function recent(agentId: string): readonly string[] {
  try {
    const held: unknown = JSON.parse(sessionStorage.getItem(key(agentId)) ?? "[]");
    if (!Array.isArray(held)) return [];
    return held.filter((each): each is string => typeof each === "string").slice(0, MOST);
  } catch {
    // Storage is forbidden here, or somebody else wrote into it: then nothing was looked for.
    return [];
  }
}

/** The newest first; what it only goes on from is replaced. */
export function remember(agentId: string, query: string): void {
  const words = query.trim().slice(0, LONGEST);
  if (!words) return;
  const others = recent(agentId).filter((each) => each !== words && !words.startsWith(each));
  keep(agentId, [words, ...others].slice(0, MOST));
}

export function forget(agentId: string): void {
  keep(agentId, []);
}

function keep(agentId: string, queries: readonly string[]): void {
  try {
    if (queries.length > 0) sessionStorage.setItem(key(agentId), JSON.stringify(queries));
    else sessionStorage.removeItem(key(agentId));
  } catch {
    // Storage is forbidden or full; the search works without.
  }
}
