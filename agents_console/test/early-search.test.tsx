/** The search on a slow line: Ada types while its screen is still on its way. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SEARCH_ID } from "../src/search/open";
import { answers, asked, find, home, settle, signedIn, Wire } from "./house";

const line = vi.hoisted(() => {
  let come = () => {};
  const came = new Promise<void>((done) => {
    come = done;
  });
  return { came, come: () => come() };
});

vi.mock("../src/search/screen", async (original) => {
  await line.came;
  return original();
});

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  asked.length = 0;
  sessionStorage.clear();
  location.hash = "";
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A key as the browser takes it: a letter goes into the field that has the focus, if one has. */
async function strike(letter: string): Promise<void> {
  const at = document.activeElement ?? document.body;
  const event = new KeyboardEvent("keydown", { key: letter, bubbles: true, cancelable: true });
  await act(() => {
    if (!at.dispatchEvent(event) || !(at instanceof HTMLInputElement)) return;
    at.value += letter;
    at.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

test("what Ada types before the screen of the search has come is looked for once it is there", async () => {
  answers.set("/api/search", [200, { conversations: [], before: null }]);
  await signedIn();
  await strike("/");
  for (const letter of "refund") await strike(letter);
  expect(document.querySelector(".search-head")).toBeNull();

  line.come();
  await import("../src/search/screen");
  await settle(1_000);
  const field = find<HTMLInputElement>(`.search-head #${SEARCH_ID}`);
  expect(field.value).toBe("refund");
  expect(document.activeElement).toBe(field);
  await strike("s");
  expect(field.value).toBe("refunds");
  await settle(1_000);
  expect(asked.at(-1)?.body).toMatchObject({ query: "refunds" });
});
