/** A refusal in words that say what to do. */

import { known, say } from "../words";

/** Our own sentence for a code that we know, else the gateway's, else that something went wrong. */
export function plainly(error: { readonly code: string; readonly message: string }): string {
  const key = known(`error.${error.code}`);
  return key ? say(key) : error.message || say("error.internal");
}
