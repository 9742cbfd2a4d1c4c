/** What a button asks of the gateway: one request at a time, however often the button is pressed. */

import { useRef, useState } from "preact/hooks";

type Once = (what: () => Promise<unknown>) => Promise<void>;

/**
 * Whether the request is under way, and how to make it unless it is.
 *
 * Meanwhile its button is `aria-disabled`, never `disabled`: from what is, the browser takes the
 * keys, and whoever has no mouse begins again at the top of the page.
 */
export function useOnce(): readonly [busy: boolean, once: Once] {
  const [busy, setBusy] = useState(false);
  // Two presses may come before anything is drawn again.
  const held = useRef(false);
  const once: Once = async (what) => {
    if (held.current) return;
    held.current = true;
    setBusy(true);
    try {
      await what();
    } finally {
      held.current = false;
      setBusy(false);
    }
  };
  return [busy, once];
}
