/** A menu over everything else, beside what opened it; the arrow keys move, Escape goes back. */

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { COMPOSER_ID } from "../desk/keys";

interface MenuProps {
  label: string;
  /** What opened it: it stands beside that, and the focus goes back there. */
  anchor: HTMLElement;
  onClose(): void;
  /** Said above the choices. */
  lead?: ComponentChildren;
  children: ComponentChildren;
}

const GAP_PX = 6;
const EDGE_PX = 8;
/** Below this width it lies at the foot of the screen, where thumbs are. */
const SHEET_PX = 480;

export function Menu({ label, anchor, onClose, lead, children }: MenuProps) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Record<string, string>>({});

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    // The top layer: no column's scrolling cuts it off. Without it, it is drawn in its place.
    element.showPopover?.();
    setPlace(beside(anchor.getBoundingClientRect(), element));
    choices(element)[0]?.focus();
  }, [anchor]);

  useEffect(() => {
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.contains(target)) onClose();
    };
    // The keyboard of a phone going away is one, too.
    const resized = () => {
      if (box.current) setPlace(beside(anchor.getBoundingClientRect(), box.current));
    };
    document.addEventListener("pointerdown", outside);
    addEventListener("resize", resized);
    return () => {
      document.removeEventListener("pointerdown", outside);
      removeEventListener("resize", resized);
    };
  }, [anchor, onClose]);

  function press(event: KeyboardEvent): void {
    // The letters are the desk's, and this is not the desk.
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      onClose();
      giveBack(anchor);
      return;
    }
    const all = choices(box.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = next(event.key, at, all.length);
    if (to === null) return;
    event.preventDefault();
    all[to]?.focus();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears the keys of the menu in it
    <div ref={box} class="menu" popover="manual" style={place} onKeyDown={press}>
      {lead && <p class="menu-lead">{lead}</p>}
      <div role="menu" aria-label={label}>
        {children}
      </div>
    </div>
  );
}

/** What had the focus has it again; gone meanwhile, the field to write in is next best. */
export function giveBack(anchor: HTMLElement): void {
  const target = anchor.isConnected ? anchor : document.getElementById(COMPOSER_ID);
  target?.focus();
}

/** Which choice a key leads to, of `n`; null when the key is no concern of the menu. */
export function next(key: string, at: number, n: number): number | null {
  switch (key) {
    case "ArrowDown":
      return (at + 1) % n;
    case "ArrowUp":
      return (at - 1 + n) % n;
    case "Home":
      return 0;
    case "End":
      return n - 1;
    default:
      return null;
  }
}

function choices(box: HTMLElement | null): HTMLElement[] {
  return [...(box?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
}

/** Above what opened it when there is room, else below; never out of the window. */
function beside(anchor: DOMRect, menu: HTMLElement): Record<string, string> {
  const { clientWidth, clientHeight } = document.documentElement;
  if (clientWidth <= SHEET_PX) {
    return { top: "auto", bottom: "0", left: "0", inlineSize: "100%", maxBlockSize: "80dvh" };
  }
  const above = anchor.top - GAP_PX - EDGE_PX;
  const below = clientHeight - anchor.bottom - GAP_PX - EDGE_PX;
  const width = menu.offsetWidth;
  // Along the edge from which it can grow towards the middle, in either direction of writing.
  const near = anchor.left + anchor.right < clientWidth;
  const wanted = near ? anchor.left : anchor.right - width;
  const left = Math.max(EDGE_PX, Math.min(wanted, clientWidth - width - EDGE_PX));
  const up = menu.offsetHeight <= above || above >= below;
  return {
    left: `${left}px`,
    maxBlockSize: `${up ? above : below}px`,
    ...(up
      ? { top: "auto", bottom: `${clientHeight - anchor.top + GAP_PX}px` }
      : { top: `${anchor.bottom + GAP_PX}px` }),
  };
}
