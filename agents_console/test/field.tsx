/** Vera's conversation and the field below it, and how Ada types there. */

import { act } from "preact/test-utils";
import { atVeras, find, settle, type Wire } from "./house";
import { Pen } from "./scene";

export async function type(words: string): Promise<void> {
  const area = find<HTMLTextAreaElement>("#composer");
  await act(() => {
    area.value = words;
    area.setSelectionRange(words.length, words.length);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await settle();
}

export async function key(name: string, more: KeyboardEventInit = {}): Promise<void> {
  await act(() => {
    find("#composer").dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }),
    );
  });
  await settle();
}

export const words = () => find<HTMLTextAreaElement>("#composer").value;
export const sent = (wire: Wire) => wire.said.filter((frame) => frame.t === "send");

export async function desk(): Promise<Wire> {
  const pen = new Pen();
  pen.vera("Is the blue one back?");
  return atVeras(pen);
}
