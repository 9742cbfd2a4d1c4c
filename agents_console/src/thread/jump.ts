/** Goes to the entry that the address names, through as much of the log as lies between. */

import { signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Desk } from "../desk/desk";
import type { End } from "./scroll";
import type { Thread } from "./thread";

/** The most that the gateway hands out at once: whoever jumps has far to go. */
const AT_ONCE = 200;

/** How often somebody has asked to be taken somewhere: to the same entry again is a jump as well. */
const asked = signal(0);

/** To an entry of the open conversation, by its seq. */
export function jumpTo(desk: Pick<Desk, "go" | "place">, seq: number): void {
  const { open } = desk.place.value;
  if (!open) return;
  asked.value += 1;
  desk.go({ ...desk.place.value, open: { ...open, seq } });
}

/** What has a line: it, or the next one that is drawn, for some entries have none. */
export function lineOf(element: HTMLElement, seq: number): HTMLElement | null {
  const all = [...element.querySelectorAll<HTMLElement>("[data-seq]")];
  return all.find((line) => Number(line.dataset.seq) >= seq) ?? null;
}

/** What there is to do next: more is needed, the line is here, or nothing (more). */
export function nextOf(
  thread: Pick<Thread, "log" | "paging"> | null,
  seq: number | undefined,
): "fetch" | "go" | null {
  const first = thread?.log?.entries[0];
  if (!seq || !thread?.log || !first) return null;
  if (first.seq <= seq || thread.log.complete) return "go";
  return thread.paging ? null : "fetch";
}

export function useJump(
  box: RefObject<HTMLElement | null>,
  desk: Pick<Desk, "earlier" | "place">,
  thread: Thread | null,
  end: End,
): void {
  const done = useRef("");
  const open = desk.place.value.open;
  const seq = open?.seq;
  const wanted = seq && open.conversationId === thread?.conversationId ? seq : undefined;
  const target = `${open?.conversationId}/${seq}/${asked.value}`;
  useEffect(() => {
    if (!wanted) {
      done.current = "";
      return;
    }
    if (done.current === target) return;
    const next = nextOf(thread, wanted);
    if (next === "fetch") desk.earlier(AT_ONCE);
    if (next !== "go" || !box.current) return;
    done.current = target;
    const line = lineOf(box.current, wanted);
    if (!line) return;
    end.to(line);
    for (const each of box.current.querySelectorAll(".found-line")) {
      each.classList.remove("found-line");
    }
    line.classList.add("found-line");
    // Whoever reads on with the keyboard or is read to begins there.
    line.tabIndex = -1;
    line.focus({ preventScroll: true });
  }, [wanted, target, thread, desk, box, end]);
}
