/** How much room there is; as signals, so that what depends on it is drawn anew. */

import { type ReadonlySignal, signal } from "@preact/signals";

function matches(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const now = signal(list.matches);
  list.addEventListener("change", () => {
    now.value = list.matches;
  });
  return now;
}

/** Room for three columns: the shopper stands beside the thread instead of in a drawer. */
export const wide = matches("(min-width: 1280px)");
/** Room for one column: list or thread. */
export const narrow = matches("(max-width: 767.98px)");
