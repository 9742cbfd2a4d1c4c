/** Carrying a row of the table to another place with a mouse or a finger. */

export interface Box {
  readonly top: number;
  readonly bottom: number;
}

/**
 * From the press on a row's handle until it is let go, `over` is told the pointer's height.
 * The page listens and not the handle: a handle that moves with its row would lose the pointer.
 */
export function startCarrying(over: (y: number) => void): void {
  const listening = new AbortController();
  const { signal } = listening;
  document.documentElement.classList.add("carrying");
  const end = () => {
    listening.abort();
    document.documentElement.classList.remove("carrying");
  };
  addEventListener("pointermove", (event) => over(event.clientY), { signal });
  addEventListener("pointerup", end, { signal });
  addEventListener("pointercancel", end, { signal });
  addEventListener("blur", end, { signal });
}

/**
 * Where the carried row should stand: past another one as soon as it would lie under the pointer
 * there. Sooner, and it would be over the other again, and the two would change places for ever.
 */
export function placeAt(rows: readonly Box[], from: number, y: number): number {
  const carried = rows[from];
  if (!carried) return from;
  const height = carried.bottom - carried.top;
  let to = from;
  for (let at = from + 1; at < rows.length; at += 1) {
    const row = rows[at];
    if (row && y > row.bottom - height) to = at;
  }
  if (to > from) return to;
  for (let at = from - 1; at >= 0; at -= 1) {
    const row = rows[at];
    if (row && y < row.top + height) to = at;
  }
  return to;
}
