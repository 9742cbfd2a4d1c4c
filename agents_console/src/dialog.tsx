/** A modal dialog: the browser keeps the focus inside, closes it on Escape and gives focus back. */

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
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
  // Before what stands in it takes the focus: what had it until now gets it back at the end.
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    // Closing before it goes away is what returns the focus.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      class={`dialog ${shape} ${wide ? "wide" : ""}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        // The Enter that led here may be held down still, and agrees to nothing that nobody has read.
        const agrees = event.repeat && event.key === "Enter";
        if (agrees && !(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <Inside title={title} heading={heading} onClose={onClose}>
        {children}
      </Inside>
    </dialog>
  );
}

interface InsideProps {
  title: string;
  /** The id that the title is to have. */
  heading: string;
  onClose(): void;
  children: ComponentChildren;
}

/** What every dialog has: its title, and how to close it, over what it is about. */
export function Inside({ title, heading, onClose, children }: InsideProps) {
  return (
    <div class="dialog-inner">
      {/* No header: over a page that is not inert it would be a second banner. */}
      <div class="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button
          type="button"
          class="plain square"
          aria-label={say("dialog.close")}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </div>
  );
}
