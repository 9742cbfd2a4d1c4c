/** Which rows of a long list are drawn: those in sight, and some on either side. */

/** Every row is as tall as the next; `rows.css` has the same number. */
export const ROW_PX = 72;
const BESIDE = 12;
/** Drawn where nobody can tell how much room there is. */
const UNMEASURED_PX = 20 * ROW_PX;
/** Never more, whatever the room. */
const MOST = 120;

export interface Window {
  readonly from: number;
  /** One past the last. */
  readonly to: number;
}

export function windowOf(total: number, top: number, height: number): Window {
  const first = Math.floor(top / ROW_PX) - BESIDE;
  const last = Math.ceil((top + (height || UNMEASURED_PX)) / ROW_PX) + BESIDE;
  const from = Math.max(0, Math.min(first, total - 1));
  return { from, to: Math.min(total, last, from + MOST) };
}
