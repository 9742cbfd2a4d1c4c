/** Gets tickets for the shopper's session; the cookie is its first home, `keep` the second. */

import { Refused } from "../link/connection";
import type { Keep } from "./keep";

interface Granted {
  ticket: string;
  session: string;
  shopper_id: string;
}

/** Below these the gateway is well and has said no; asking again would get the same answer. */
const FOR_GOOD = new Set([400, 401, 403, 404, 410]);

export const sessionIn = (key: string) => `onethread:${key}:session`;

/** Posts JSON to the gateway. */
export function poster(get: typeof fetch): (path: string, body: object) => Promise<Response> {
  return (path, body) =>
    get(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
}

/** `entered` hears whose session it is; `language` is what the panel speaks, and what follows. */
export function ticketer(
  key: string,
  keep: Keep,
  get: typeof fetch,
  entered?: (shopper: string) => void,
  language?: string,
): () => Promise<string> {
  const name = sessionIn(key);
  const post = poster(get);
  return async () => {
    const answer = await post("/widget/session", { key, session: keep.get(name), language });
    if (FOR_GOOD.has(answer.status)) throw new Refused(`no ticket: ${answer.status}`);
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
    const { ticket, session, shopper_id } = (await answer.json()) as Granted;
    keep.set(name, session);
    entered?.(shopper_id);
    return ticket;
  };
}

/** One after another: two requests without a session at once would make two shoppers. */
export function inTurn(): <Kind>(work: () => Promise<Kind>) => Promise<Kind> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}
