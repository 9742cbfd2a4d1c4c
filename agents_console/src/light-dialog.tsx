/**
 * A dialog over a page that stays as it is, for what has to be there at once.
 *
 * Behind a modal one the browser makes the whole page inert, and works out the style of each of its
 * elements anew: at a full desk that takes longer than all that a palette draws. So a veil takes the
 * pointer here, the focus is kept inside by hand, and `aria-modal` tells who reads the page aloud.
 */

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Inside } from "./dialog";

interface LightDialogProps {
  title: string;
  onClose(): void;
  children: ComponentChildren;
}

export function LightDialog({ title, onClose, children }: LightDialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const heading = useId();
  // Before what stands in it takes the focus: what had it until now gets it back at the end.
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    dialog.show();
    const stop = keepFocus(dialog, () => close.current());
    return () => {
      stop();
      // Closing before it goes away is what returns the focus.
      dialog.close();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes it as well
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it as well
    <div
      class="veil"
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <dialog ref={box} class="dialog card" aria-modal="true" aria-labelledby={heading}>
        <Inside title={title} heading={heading} onClose={onClose}>
          {children}
        </Inside>
      </dialog>
    </div>
  );
}

/** Tab goes round inside, Escape goes out, and what the page does behind it takes no focus. */
function keepFocus(dialog: HTMLDialogElement, leave: () => void): () => void {
  const stops = () => [...dialog.querySelectorAll<HTMLElement>("button, input")];
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || isCovered(dialog)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    } else if (event.key === "Tab") {
      const [first, last] = [stops()[0], stops().at(-1)];
      const [end, begin] = event.shiftKey ? [first, last] : [last, first];
      if (dialog.contains(document.activeElement) && document.activeElement !== end) return;
      event.preventDefault();
      begin?.focus();
    }
  };
  const focused = (event: FocusEvent) => {
    const { target } = event;
    const inside = target instanceof Node && dialog.contains(target);
    if (!inside && !isCovered(dialog)) stops().at(-1)?.focus();
  };
  document.addEventListener("keydown", pressed);
  document.addEventListener("focusin", focused);
  return () => {
    document.removeEventListener("keydown", pressed);
    document.removeEventListener("focusin", focused);
  };
}

/** Another stands over it, for it is opened only where there is none: the keys are the other's. */
function isCovered(dialog: HTMLDialogElement): boolean {
  return [...document.querySelectorAll("dialog[open]")].some((each) => each !== dialog);
}
