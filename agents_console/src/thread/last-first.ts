/** A thread is read from its end: what fills the screen is drawn and painted before what stands above. */

import { useEffect, useState } from "preact/hooks";

/** Lines; more than a screen shows of ordinary ones. */
export const FIRST_DRAWN = 16;

export interface Drawing {
  /** The end has been painted: now the rest may be drawn. */
  readonly all: boolean;
  /** So has the rest: what comes from now on is news, and read aloud as such. */
  readonly settled: boolean;
}

/**
 * How far the drawing of a log has come, from when it is `here`.
 *
 * The answer is about one log: whoever shows another asks anew, by a key.
 */
export function useLastFirst(here: boolean): Drawing {
  const [painted, setPainted] = useState(0);
  useEffect(() => {
    if (!here || painted > 1) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      // A frame's callbacks run before it is painted; this is after.
      timer = setTimeout(() => setPainted(painted + 1));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [here, painted]);
  return { all: painted > 0, settled: painted > 1 };
}
