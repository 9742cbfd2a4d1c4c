/** Something asked for when a dialog opens: not here yet, here, or refused in words. */

import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api";
import { plainly } from "../desk/plainly";
import { say } from "../words";

export type Fetched<T> =
  | { readonly at: "asking" }
  | { readonly at: "here"; readonly fact: T }
  | { readonly at: "refused"; readonly words: string };

/** `key` names what is asked for; it is asked again only when that changes. */
export function useFetched<T>(key: string, ask: () => Promise<T>): Fetched<T> {
  const [state, setState] = useState<Fetched<T>>({ at: "asking" });
  useEffect(() => {
    let current = true;
    const settle = (next: Fetched<T>) => {
      if (current) setState(next);
    };
    ask().then(
      (fact) => settle({ at: "here", fact }),
      (error: unknown) => settle({ at: "refused", words: words(error) }),
    );
    return () => {
      current = false;
    };
  }, [key]);
  return state;
}

function words(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  return error.status === 0 ? say("error.unreachable") : plainly(error);
}
