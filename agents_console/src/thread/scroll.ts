/** Keeps the thread where the reader expects it, and knows what of it is in view. */

import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

/** So near the end counts as the end. */
const END_PX = 48;

export interface End {
  /** The reader has gone up from the end. */
  readonly away: boolean;
  /** The last seq that was in view when the reader went away. */
  readonly leftAt: number;
  atEnd(): boolean;
  go(): void;
  /** Leave the end for this line. */
  to(line: HTMLElement): void;
  /** Calls `look` now, and whenever something else may be in view or somebody looks again. */
  onLook(look: () => void): () => void;
}

/**
 * At the end the thread stays at the end; elsewhere it stays where it is, also when earlier
 * entries are put above. `first` is what the log begins with, `own` how many letters of ours are
 * on their way: with each new one the reader is taken to the end.
 */
export function useEnd(
  box: RefObject<HTMLElement | null>,
  first: string | undefined,
  own: number,
): End {
  const place = useRef({ atEnd: true, top: 0, fromBottom: 0, first, own });
  const [away, setAway] = useState(false);
  const [leftAt, setLeftAt] = useState(0);

  useLayoutEffect(() => {
    const element = box.current;
    const held = place.current;
    if (!element) return;
    const returns = own > held.own && !held.atEnd;
    if (returns) {
      held.atEnd = true;
      setAway(false);
    }
    // Where it is at the end already, what grows is seen to once it is laid out. To ask for its
    // height here has the browser lay everything out by itself, a third of a switch's script.
    if (returns) element.scrollTop = element.scrollHeight;
    else if (!held.atEnd) {
      if (first !== held.first) element.scrollTop = element.scrollHeight - held.fromBottom;
      held.fromBottom = element.scrollHeight - element.scrollTop;
    }
    held.first = first;
    held.own = own;
  });

  // Before the first paint, which has to show the end.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const scrolled = () => {
      const held = place.current;
      held.fromBottom = element.scrollHeight - element.scrollTop;
      // Who has not gone up is at the end, though more has come and is not laid out yet.
      const stays = held.atEnd && element.scrollTop >= held.top;
      const atEnd = stays || held.fromBottom - element.clientHeight < END_PX;
      held.top = element.scrollTop;
      if (atEnd === held.atEnd) return;
      held.atEnd = atEnd;
      if (!atEnd) setLeftAt(highest(element));
      setAway(!atEnd);
    };
    const resized = new ResizeObserver(() => {
      if (!place.current.atEnd) return;
      element.scrollTop = element.scrollHeight;
      place.current.top = element.scrollTop;
    });
    resized.observe(element);
    for (const child of element.children) resized.observe(child);
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", scrolled);
    };
  }, [box]);

  return useMemo(
    () => ({
      away,
      leftAt,
      atEnd: () => place.current.atEnd,
      go() {
        const element = box.current;
        if (element) element.scrollTop = element.scrollHeight;
      },
      to(line) {
        const held = place.current;
        held.atEnd = false;
        line.scrollIntoView({ block: "center" });
        const element = box.current;
        if (!element) return;
        held.fromBottom = element.scrollHeight - element.scrollTop;
        held.atEnd = held.fromBottom - element.clientHeight < END_PX;
        setLeftAt(highest(element));
        setAway(!held.atEnd);
      },
      onLook: (look) => lookOut(box.current, look),
    }),
    [away, leftAt, box],
  );
}

function lookOut(element: HTMLElement | null, look: () => void): () => void {
  let frame = 0;
  const soon = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(look);
  };
  element?.addEventListener("scroll", soon, { passive: true });
  addEventListener("focus", soon);
  document.addEventListener("visibilitychange", soon);
  look();
  return () => {
    cancelAnimationFrame(frame);
    element?.removeEventListener("scroll", soon);
    removeEventListener("focus", soon);
    document.removeEventListener("visibilitychange", soon);
  };
}

/** Is there a person in front of it? */
export function watched(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function marked(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>("[data-seq]")];
}

function highest(element: HTMLElement): number {
  return Number(marked(element).at(-1)?.dataset.seq ?? 0);
}

/** The seq of the last line whose end is above the lower edge; lines stand in the order of seqs. */
export function lastInView(element: HTMLElement): number {
  const edge = element.scrollTop + element.clientHeight;
  const all = marked(element);
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const line = all[middle];
    if (line && line.offsetTop + line.offsetHeight <= edge) low = middle + 1;
    else high = middle;
  }
  return Number(all[low - 1]?.dataset.seq ?? 0);
}
