/** A refusal in words that say what to do. */

import { known, say } from "../words";

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly why?: string | null | undefined;
}

/** Our own sentence for why, or for a code that we know, else the gateway's, else that something went wrong. */
export function plainly(error: Refusal): string {
  const key = known(`error.${error.code}.${error.why}`) ?? known(`error.${error.code}`);
  return key ? say(key) : error.message || say("error.internal");
}
