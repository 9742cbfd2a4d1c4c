import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromHash, toHash } from "../src/place";
import type { AsideFact } from "../src/quarantine/requests";
import { answers, asked, find, home, press, settle, signedIn, Wire } from "./house";
import { pressedTwice } from "./twice";

const MAIL: AsideFact = {
  name: "888e904e8bff",
  store_key: "pk_acme",
  store: "Acme Shoes",
  came_at: Date.UTC(2026, 4, 4, 9),
  why: "reading it failed three times",
  sender: "v•••@shopper.example",
  size: 48_200,
  attempts: 3,
};

async function opened(...mails: AsideFact[]): Promise<void> {
  answers.set("/api/quarantine", [200, { mails }]);
  await signedIn();
  location.hash = "#/aside";
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await settle();
  await act(() => vi.dynamicImportSettled());
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  asked.length = 0;
  location.hash = "";
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the page has an address of its own", () => {
  expect(toHash(fromHash("#/aside"))).toBe("#/aside");
  expect(fromHash("#/aside/x")).toEqual({ view: "open", open: null, aside: true });
});

test("each mail says whose, why and how large, and is read again on a press", async () => {
  await opened(MAIL);
  const row = find(".aside-row").textContent;
  expect(row).toContain("From v•••@shopper.example");
  expect(row).toContain("Because reading it failed three times.");
  expect(row).toContain("48 kB · 3 attempts 888e904e8bff");
  // Whoever speaks to their computer says what the button shows.
  const button = find(".aside-row button");
  expect(button.getAttribute("aria-label")).toBe("Read again: From v•••@shopper.example");
  expect(button.getAttribute("aria-label")).toContain(button.textContent);
  answers.set("/api/quarantine/888e904e8bff/release", [200, { mails: [] }]);
  await pressedTwice("/api/quarantine/888e904e8bff/release", ".aside-row button");
  expect(home.textContent).toContain("Nothing is set aside");
  expect(home.textContent).toContain("It will be read again now");
});

test("what still cannot be read comes back, and that is said", async () => {
  await opened(MAIL);
  answers.set("/api/quarantine/888e904e8bff/release", [200, { mails: [] }]);
  await press(".aside-row button");
  await settle();
  expect(document.querySelector(".aside-row")).toBeNull();
  await settle(4_000);
  expect(find(".aside-row").textContent).toContain("888e904e8bff");
  expect(home.textContent).toContain("It still cannot be read");
});

test("what somebody else has dealt with is looked up anew", async () => {
  await opened(MAIL);
  answers.set("/api/quarantine", [200, { mails: [] }]);
  await press(".aside-row button");
  await settle();
  expect(home.textContent).toContain("Somebody else has dealt with it already");
  expect(home.textContent).toContain("Nothing is set aside");
});

test("who owns nothing is told so", async () => {
  answers.set("/api/quarantine", [
    403,
    { code: "forbidden", message: "only an owner may see what was set aside" },
  ]);
  await signedIn();
  location.hash = "#/aside";
  window.dispatchEvent(new HashChangeEvent("hashchange"));
  await settle();
  await act(() => vi.dynamicImportSettled());
  await settle();
  expect(find("[role=alert]").textContent).toContain("Only an owner");
});
