/** Where the keyboard goes when what it was on is replaced. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** On its first drawing the element takes the focus, if what had it is gone. */
export function useLostFocus<Kind extends HTMLElement>(): RefObject<Kind | null> {
  const element = useRef<Kind>(null);
  useEffect(() => {
    if (document.activeElement === document.body) element.current?.focus({ preventScroll: true });
  }, []);
  return element;
}
