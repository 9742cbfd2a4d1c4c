/** A modal dialog: the browser keeps the focus inside, closes it on Escape and gives focus back. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "./icons";
import { say } from "./words";

interface DialogProps {
  title: string;
  /** `drawer` slides in from the end of the line, `card` stands in the middle. */
  shape?: "card" | "drawer";
  wide?: boolean;
  onClose(): void;
  children: ComponentChildren;
}

export function Dialog({ title, shape = "card", wide = false, onClose, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    // Closing before it goes away is what returns the focus.
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the keyboard's way, by the browser
    <dialog
      ref={box}
      class={`dialog ${shape} ${wide ? "wide" : ""}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <div class="dialog-inner">
        <header class="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button
            type="button"
            class="plain square"
            aria-label={say("dialog.close")}
            onClick={onClose}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
