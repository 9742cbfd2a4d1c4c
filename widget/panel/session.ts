/** Gets tickets for the shopper's session; the cookie is its first home, `keep` the second. */

import { Refused } from "../link/connection";
import type { Keep } from "./keep";

interface Granted {
  ticket: string;
  session: string;
}

/** Below these the gateway is well and has said no; asking again would get the same answer. */
const FOR_GOOD = new Set([400, 401, 403, 404, 410]);

export function ticketer(key: string, keep: Keep, get: typeof fetch): () => Promise<string> {
  const name = `onethread:${key}:session`;
  return async () => {
    const answer = await get("/widget/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ key, session: keep.get(name) }),
    });
    if (FOR_GOOD.has(answer.status)) throw new Refused(`session refused: ${answer.status}`);
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
    const { ticket, session } = (await answer.json()) as Granted;
    keep.set(name, session);
    return ticket;
  };
}
