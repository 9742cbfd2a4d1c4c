import { useLayoutEffect, useRef } from "preact/hooks";

/** When a bar goes that the keys were in, as it does once all is saved, the page has them. */
export function useKeysBack(isShown: boolean, pageId: string): void {
  const was = useRef(isShown);
  useLayoutEffect(() => {
    if (was.current && !isShown && document.activeElement === document.body) {
      document.getElementById(pageId)?.focus({ preventScroll: true });
    }
    was.current = isShown;
  }, [isShown, pageId]);
}
