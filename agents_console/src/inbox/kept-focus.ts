/** Keeps the focus in the list: a row that is drawn elsewhere, or goes, takes it away with it. */

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { InboxRow } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { focusedRow, rowId } from "../desk/keys";

interface Had {
  readonly id: string;
  readonly at: number;
  /** By keyboard: then it is to stay in sight as well. */
  readonly visible: boolean;
  readonly list: string;
}

/**
 * Gives the focus back after each drawing: to the same conversation, else to the one that stands
 * in its place, else to the empty list. `list` names the view; whoever goes to another one and had
 * it nowhere, or in the list, has it on the first.
 * Returns the conversation that has it now, which has to stay drawn.
 */
export function useKeptFocus(
  box: RefObject<HTMLDivElement | null>,
  rows: readonly InboxRow[],
  loaded: boolean,
  list: string,
): string | null {
  const { desk } = useRoom();
  const had = useRef<Had | null>(null);
  const were = useRef(rows);
  const shown = useRef(list);
  // Asked while the old rows still stand: afterwards nobody can tell which of them had it.
  const active = document.activeElement;
  const id = focusedRow();
  if (active && id !== null) {
    const at = were.current.findIndex((row) => row.conversation_id === id);
    had.current = { id, at: Math.max(at, 0), visible: active.matches(":focus-visible"), list };
  } else if (active !== document.body && active !== box.current && !active?.closest("dialog")) {
    had.current = null;
  } else if (list !== shown.current) {
    had.current ??= { id: "", at: 0, visible: true, list: "" };
  }
  shown.current = list;

  useLayoutEffect(() => {
    were.current = rows;
    const { current: last } = had;
    const lost = [document.body, box.current].some((each) => each === document.activeElement);
    if (!last || !lost || !loaded) return;
    const same = rows.find((row) => row.conversation_id === last.id);
    const next = same ?? rows[last.list === list ? Math.min(last.at, rows.length - 1) : 0];
    if (!next) {
      box.current?.focus();
      return;
    }
    const drawn = document.getElementById(rowId(next.conversation_id));
    if (drawn) drawn.focus({ preventScroll: !last.visible });
    else desk.cursor.value = next.conversation_id;
  });
  return id;
}
