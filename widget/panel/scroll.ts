/** Keeps the right words in sight while the conversation grows at either end. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { beginsUnread, firstUnread } from "../link/shopper";
import type { Room } from "./room";
import type { RoomState } from "./state";

/** So near to the end counts as the end, so near to the top asks for more. */
const NEAR_PX = 48;
const MORE_PX = 160;

export function useScroll(room: Room, state: RoomState): RefObject<HTMLDivElement | null> {
  const { view, atEnd, offer } = state;
  const box = useRef<HTMLDivElement>(null);
  /** How it stood before this drawing. */
  const held = useRef({ first: 0, height: 0, top: 0 });
  /** The panel is shown and began where it should. */
  const begun = useRef(false);
  const first = view.log?.entries[0]?.seq ?? 0;

  // Each of these may change the height.
  useLayoutEffect(() => {
    const scroll = box.current;
    if (!scroll) return;
    if (!begun.current || scroll.clientHeight === 0) begun.current = begin(scroll, room);
    else if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    else if (first < held.current.first) {
      scroll.scrollTop = held.current.top + scroll.scrollHeight - held.current.height;
    }
    held.current = { first, height: scroll.scrollHeight, top: scroll.scrollTop };
  }, [view, atEnd, offer, first]);

  useEffect(() => {
    const scroll = box.current;
    if (!scroll) return;
    const onScroll = () => {
      held.current = { ...held.current, height: scroll.scrollHeight, top: scroll.scrollTop };
      room.scrolled(scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX);
      if (scroll.scrollTop < MORE_PX && scroll.clientHeight > 0) room.earlier();
    };
    // A phone's keyboard, a growing composer, a form that says more: the end stays in sight.
    const sizes = new ResizeObserver(() => {
      if (!begun.current || scroll.clientHeight === 0) begun.current = begin(scroll, room);
      else if (room.state.atEnd) scroll.scrollTop = scroll.scrollHeight;
      onScroll();
    });
    sizes.observe(scroll);
    for (const content of scroll.children) sizes.observe(content);
    scroll.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      sizes.disconnect();
      scroll.removeEventListener("scroll", onScroll);
    };
  }, [room]);
  return box;
}

/** At the end, or where the first unread message would be out of sight there, at that one. */
function begin(scroll: HTMLElement, room: Room): boolean {
  const { view } = room.state;
  if (scroll.clientHeight === 0 || !view.log) return false;
  if (beginsUnread(view) && firstUnread(view) > 0 && !view.refusal) {
    // Not where reading stopped, but half a day later: that comes first.
    room.earlier();
    return false;
  }
  const unread = scroll.querySelector(`[data-seq="${firstUnread(view)}"]`);
  scroll.scrollTop = scroll.scrollHeight;
  const over = unread ? unread.getBoundingClientRect().top - scroll.getBoundingClientRect().top : 0;
  if (over < 0) scroll.scrollTop += over - NEAR_PX / 2;
  room.scrolled(scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX);
  return true;
}
