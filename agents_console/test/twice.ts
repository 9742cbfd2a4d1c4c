/** Ada presses a button twice while the gateway takes its time. */

import { act } from "preact/test-utils";
import { expect } from "vitest";
import { answers, asked, find, settle } from "./house";

/** What is answered there takes its time: until what is returned is called. */
export function slowly(url: string): () => Promise<void> {
  const answer = answers.get(url);
  if (!answer) throw new Error(`nothing is answered at ${url}`);
  let come = () => {};
  answers.set(
    url,
    new Promise((done) => {
      come = () => done(answer);
    }),
  );
  return async () => {
    come();
    await settle();
  };
}

/** It is asked for once, and the button keeps the keys: the browser takes them from a disabled one. */
export async function pressedTwice(url: string, selector: string, words?: string): Promise<void> {
  const button = find<HTMLButtonElement>(selector, words);
  const before = asked.length;
  const come = slowly(url);
  button.focus();
  // Before anything is drawn again, and after.
  await act(() => {
    button.click();
    button.click();
  });
  await settle();
  await act(() => button.click());
  await settle();
  const of = asked.slice(before).filter((each) => each.url === url);
  expect(of).toHaveLength(1);
  expect(document.activeElement).toBe(button);
  expect([button.disabled, button.getAttribute("aria-disabled")]).toEqual([false, "true"]);
  await come();
}
