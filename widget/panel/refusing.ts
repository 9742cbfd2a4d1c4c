/** The part that says why a message was not taken. */

import { usePart } from "./context";
import { type Refusal, refused } from "./refused";

export function Why({ of }: { of: Refusal }) {
  return refused(usePart().tongue.words, of);
}
