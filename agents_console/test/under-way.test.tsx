/** A page's button whose request takes its time: Ada loses neither her place nor what she types. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CannedBook } from "../src/canned/shelf";
import type { MailFact, PreviewFact } from "../src/mail/requests";
import { answers, asked, find, home, press, settle, signedIn, Wire } from "./house";
import { pressedTwice, slowly } from "./twice";

const STORE = "/api/stores/acme";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  asked.length = 0;
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  home.remove();
  location.hash = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function at(page: string): Promise<void> {
  location.hash = `#/${page}/acme`;
  await signedIn();
  await act(() => vi.dynamicImportSettled());
  await settle(1_000);
}

async function type(selector: string, words: string): Promise<void> {
  const field = find<HTMLInputElement>(selector);
  await act(() => {
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const BOOK: CannedBook = {
  store: "Acme",
  language: "en",
  languages: ["en"],
  may_change: true,
  canned: [],
};

test("a canned reply that Ada saves by two presses is kept once", async () => {
  answers.set(`${STORE}/canned`, [200, BOOK]);
  await at("canned");
  await press("button", "New canned reply");
  await type(".canned-form input", "parcel");
  await type(".canned-form textarea", "It is on its way.");
  await pressedTwice(`${STORE}/canned`, ".canned-form button.primary");
  expect(document.querySelector(".canned-form")).toBeNull();
});

test("a canned reply that Ada has left closes no other when it is kept at last", async () => {
  const fact = { own: false, name: "", resolves: false, version: 1, changed_at: 0 };
  const all = ["parcel", "refund"].map((shortcut) => ({
    ...fact,
    canned_id: shortcut,
    shortcut,
    bodies: { en: shortcut },
  }));
  answers.set(`${STORE}/canned`, [200, { ...BOOK, canned: all }]);
  answers.set(`${STORE}/canned/parcel`, [200, { ...BOOK, canned: all }]);
  await at("canned");
  await press('[aria-label="Edit /parcel"]');
  const kept = slowly(`${STORE}/canned/parcel`);
  await press(".canned-form button.primary");
  await press(".canned-form button", "Cancel");
  await press('[aria-label="Edit /refund"]');
  await kept();
  expect(find<HTMLInputElement>(".canned-form input").value).toBe("refund");
});

const MAIL: MailFact = {
  store: "Acme",
  language: "en",
  languages: ["en"],
  parts: [{ name: "greeting", most: 100, names: [] }],
  ours: { en: { greeting: "Hello" } },
  words: {},
  broken: {},
  logo: null,
  conversations: [],
  may_change: true,
};
const PREVIEW: PreviewFact = { from: "", subject: "", html: "", text: "", broken: {} };

async function atHerMails(): Promise<void> {
  answers.set(`${STORE}/mail`, [200, MAIL]);
  answers.set(`${STORE}/mail/preview`, [200, PREVIEW]);
  await at("mail");
  await type("#mail-greeting", "Hi");
  answers.set(`${STORE}/mail`, [200, { ...MAIL, words: { en: { greeting: "Hi" } } }]);
}

test("the words of her mails are saved once, and the page has the keys when the button goes", async () => {
  await atHerMails();
  await pressedTwice(`${STORE}/mail`, ".save-bar button.primary");
  expect(document.querySelector(".save-bar")).toBeNull();
  expect(document.activeElement?.id).toBe("mail");
});

test("what Ada writes while her words are being saved stays, and waits to be saved", async () => {
  await atHerMails();
  const saved = slowly(`${STORE}/mail`);
  find("#mail-greeting").focus();
  await press(".save-bar button.primary");
  await type("#mail-greeting", "Hi there");
  await saved();
  expect(find<HTMLTextAreaElement>("#mail-greeting").value).toBe("Hi there");
  expect(find(".save-bar").textContent).toContain("Not saved yet");
  await press(".save-bar button.primary");
  const puts = asked.filter(({ method }) => method === "PUT");
  expect(puts.map(({ body }) => body)).toEqual([
    { words: { en: { greeting: "Hi" } }, seen: {} },
    { words: { en: { greeting: "Hi there" } }, seen: { en: { greeting: "Hi" } } },
  ]);
});
