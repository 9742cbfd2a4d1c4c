import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Document } from "../src/policy/document";
import type { PolicyFact } from "../src/policy/requests";
import { answers, asked, find, home, press, settle, signedIn, Wire } from "./house";
import { pressedTwice } from "./twice";

const PLACE = "/api/stores/acme/policy";

const DOCUMENT: Document = {
  reading: 600,
  on_page: 300,
  hidden: 120,
  gone: 30,
  elsewhere: 15,
  longest_gone: 180,
  longest: 600,
  staff_first: 120,
  staff_first_present: 300,
  rung: 600,
  answer_within: 300,
  ladder: ["sms", "email"],
  staff_ladder: ["email"],
  cap: 6,
  spacing: 300,
  digest: 3600,
  patience: 600,
  prove_first_sms: "knock",
  prove_first_email: "straight",
  on_call: [],
  currency: "EUR",
  spend_a_day: 20,
  spend_a_day_each: null,
  sms_most_segments: 3,
  countries: ["DE"],
  zone: "Europe/Berlin",
  hours: [],
  holidays: [],
  quiet: {},
  prices: { sms: { "*": 0.05 } },
  page_groups: { checkout: ["/checkout"] },
  rules: [{ name: "Checkout", delay: 20 }, { name: "Follow-up" }],
  recheck: 21_600,
};

function fact(over: Partial<PolicyFact> = {}): PolicyFact {
  const types = Object.entries(DOCUMENT).map(([name, value]) => {
    if (name.startsWith("prove_first")) return [name, { enum: ["knock", "straight"] }];
    if (name.startsWith("spend")) return [name, { anyOf: [{ type: "number" }, { type: "null" }] }];
    if (name === "countries") return [name, { items: { pattern: "^[A-Z]{2}$" } }];
    const counts = ["cap", "sms_most_segments"].includes(name);
    return [name, { type: counts ? "integer" : typeof value }];
  });
  return {
    version: 3,
    at: 0,
    by: "Ada Moreau",
    document: DOCUMENT,
    schema: { properties: Object.fromEntries(types) },
    sentences: { gone: "delay once they have left", "rules.delay": "wait this long" },
    starters: [{ name: "europe", title: "Europe", says: "SMS.", document: DOCUMENT }],
    versions: [
      { version: 3, at: 0, by: "Ada Moreau", same_as: null },
      { version: 2, at: 0, by: "", same_as: null },
    ],
    may_change: true,
    ...over,
  };
}

async function atThePolicy(over: Partial<PolicyFact> = {}): Promise<Wire> {
  answers.set(PLACE, [200, fact(over)]);
  answers.set(`${PLACE}/check`, [200, { ok: true, document: DOCUMENT }]);
  location.hash = "#/policy/acme";
  const wire = await signedIn();
  await act(() => vi.dynamicImportSettled());
  await settle();
  return wire;
}

async function type(element: HTMLInputElement, text: string): Promise<void> {
  await act(() => {
    element.value = text;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await settle(500);
}

const ruleNames = () =>
  [...document.querySelectorAll(".rule-name bdi")].map((each) => each.textContent);

const waitField = () => find<HTMLInputElement>('[data-field="rules[0].delay"] input');

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  vi.stubGlobal("requestAnimationFrame", (then: () => void) => setTimeout(then));
  Wire.all = [];
  answers.clear();
  asked.length = 0;
  document.body.append(home);
});

afterEach(async () => {
  // What is unsaved would be there again, as it is for somebody whose session has ended.
  document.querySelector<HTMLDialogElement>("dialog")?.querySelector("button")?.click();
  await settle();
  if (document.querySelector(".save-bar")) await press(".save-bar button", "Discard");
  await act(() => render(null, home));
  home.remove();
  location.hash = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("Ada, who owns the store", () => {
  test("sees each rule as a row, and last what holds when none fits", async () => {
    await atThePolicy();
    expect(find("h1").textContent).toBe("Policy");
    expect(ruleNames()).toEqual(["Checkout", "Follow-up"]);
    expect(find(".else").textContent).toContain("Everything else");
    expect(find(".else").textContent).toContain("Gone 30\u00a0s");
    expect(find("nav a[aria-current=page]").textContent).toContain("Policy");
  });

  test("bounds what a day costs, where texts go and how long they are", async () => {
    await atThePolicy();
    const field = (name: string) => find<HTMLInputElement>(`[data-field="${name}"] input`);
    expect(field("spend_a_day").value).toBe("20");
    expect(find('[data-field="spend_a_day"] .amount').textContent).toBe("EUR");
    expect(field("spend_a_day_each").value).toBe("");
    await type(field("spend_a_day_each"), "two");
    expect(find('[data-field="spend_a_day_each"] .wrong').textContent).toContain("Write a number");
    await type(field("spend_a_day_each"), "0,50");
    await type(field("spend_a_day"), "");
    await type(field("sms_most_segments"), "2");
    await type(field("countries"), "de at, qq");
    expect(field("countries").getAttribute("aria-invalid")).toBe("true");
    await type(field("countries"), "de at");
    expect(find('[data-field="countries"] .named').textContent).toBe("Germany, Austria");
    expect(field("countries").value).toBe("de at");
    expect(field("countries").getAttribute("aria-invalid")).toBe("false");
    const sent = asked.at(-1)?.body as { document: Document };
    expect(sent.document ?? sent).toMatchObject({
      spend_a_day: null,
      spend_a_day_each: 0.5,
      sms_most_segments: 2,
      countries: ["DE", "AT"],
    });
  });

  test("is told in place that a length of time is none, and again when it is one", async () => {
    await atThePolicy();
    await press(".rule-name", "Checkout");
    await type(waitField(), "20 x");
    expect(waitField().getAttribute("aria-invalid")).toBe("true");
    expect(find('[data-field="rules[0].delay"] .wrong').textContent).toContain("Write it like");
    expect(find('[data-field="rules[0].delay"] .says').textContent).toBe("Wait this long.");
    expect(find(".save-bar").textContent).toContain("1 thing to repair");
    await type(waitField(), "45 s");
    expect(waitField().getAttribute("aria-invalid")).toBe("false");
    expect(find(".save-bar").textContent).toContain("1 change, not in force yet");
  });

  test("is told what the gateway says of it, where it stands", async () => {
    await atThePolicy();
    const errors = [{ field: "zone", message: "zone must be the name of a time zone" }];
    answers.set(`${PLACE}/check`, [200, { ok: false, errors }]);
    await type(find<HTMLInputElement>('[data-field="zone"] input'), "Middle/Earth");
    expect(find('[data-field="zone"] .wrong').textContent).toContain(
      "Must be the name of a time zone.",
    );
    expect(asked.at(-1)?.body).toMatchObject({ document: { zone: "Middle/Earth" } });
  });

  test("moves a row by the keyboard, and hears where it stands now", async () => {
    await atThePolicy();
    const handle = find<HTMLButtonElement>(".handle");
    await act(() => {
      handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    });
    await settle();
    expect(ruleNames()).toEqual(["Follow-up", "Checkout"]);
    expect(find(".matrix [role=status]").textContent).toBe("Checkout is number 2 of 2 now.");
    expect(document.activeElement).toBe(handle);
  });

  test("deletes a row and takes that back", async () => {
    await atThePolicy();
    await press("button[aria-label='Delete Checkout']");
    expect(ruleNames()).toEqual(["Follow-up"]);
    await press("button", "Undo");
    expect(ruleNames()).toEqual(["Checkout", "Follow-up"]);
    expect(document.querySelector(".save-bar")).toBeNull();
  });

  test("reads what changes before it is put in force", async () => {
    await atThePolicy();
    await press(".rule-name", "Checkout");
    await type(waitField(), "45 s");
    await press("button", "See and save");
    expect(find("dialog .changes").textContent).toBe(
      "Checkout: after 45\u00a0s instead of after 20\u00a0s",
    );
    const rules = [{ delay: 45, name: "Checkout" }, { name: "Follow-up" }];
    answers.set(PLACE, [200, fact({ version: 4, document: { ...DOCUMENT, rules } })]);
    await pressedTwice(PLACE, "dialog button", "Put in force");
    expect(asked.at(-1)).toEqual({
      method: "PUT",
      url: PLACE,
      body: { document: { ...DOCUMENT, rules }, version: 3 },
    });
    expect(document.querySelector("dialog")).toBeNull();
    expect(document.activeElement?.id).toBe("policy");
    expect(document.body.textContent).toContain("Version 4 is in force");
  });

  test("loses nothing when Bo was faster, and reads how hers differs from his", async () => {
    await atThePolicy();
    await press(".rule-name", "Checkout");
    await type(waitField(), "45 s");
    await press("button", "See and save");
    answers.set(PLACE, [409, { code: "conflict", message: "meanwhile" }]);
    const put = press("dialog button", "Put in force");
    // What is asked for next is what Bo has put in force.
    const bos = fact({ version: 4, by: "Bo Lind", document: { ...DOCUMENT, gone: 60 } });
    queueMicrotask(() => answers.set(PLACE, [200, bos]));
    await put;
    await settle();
    expect(find("dialog [role=alert]").textContent).toContain("Bo Lind put version 4 in force");
    expect(find("dialog .changes").textContent).toContain("30\u00a0s instead of 1\u00a0min");
    expect(waitField().value).toBe("45 s");
  });

  test("is asked before she leaves what is unsaved, and finds it discarded if she wants", async () => {
    await atThePolicy();
    await press("button[aria-label='Delete Checkout']");
    await press("nav a", "Mine");
    expect(find("dialog").textContent).toContain("Leave without saving?");
    await press("dialog button", "Stay here");
    expect(ruleNames()).toEqual(["Follow-up"]);
    await press("nav a", "Mine");
    expect(find(".toast").textContent).toContain("Undo");
    await press("dialog button", "Discard and leave");
    expect(location.hash).toBe("#/mine");
    // There is nothing left that it could undo.
    expect(document.querySelector(".toast")).toBeNull();
  });

  test("looks at an old version, where nothing can be changed, and restores it", async () => {
    await atThePolicy();
    const old = { ...DOCUMENT, rules: [], gone: 10 };
    answers.set(`${PLACE}?version=2`, [200, { version: 2, at: 0, by: "", document: old }]);
    await press("button", "Earlier versions");
    await press("button[aria-label='Look at version 2']");
    expect(find(".looking").textContent).toContain("You are looking at version 2");
    expect(ruleNames()).toEqual([]);
    expect(find<HTMLFieldSetElement>(".sections").disabled).toBe(true);
    await press("button", "Restore this version");
    expect(find("dialog .changes").textContent).toContain("Without the rule “Checkout”");
    answers.set(PLACE, [200, fact({ version: 4, document: old })]);
    await pressedTwice(PLACE, "dialog button", "Restore version 2");
    expect(document.activeElement?.id).toBe("policy");
    expect(asked.at(-1)).toMatchObject({ method: "PUT", body: { document: old, version: 3 } });
    expect(document.body.textContent).toContain("It says the same as version 2.");
    expect(document.querySelector(".looking")).toBeNull();
  });
});

test("what was unsaved when a session ended is there again after the next sign-in", async () => {
  await atThePolicy();
  await press("button[aria-label='Delete Checkout']");
  await act(() => render(null, home));
  await atThePolicy();
  expect(ruleNames()).toEqual(["Follow-up"]);
  expect(find(".save-bar").textContent).toContain("1 change");
});

test("Bo, who owns nothing, looks at everything and changes nothing", async () => {
  await atThePolicy({ may_change: false });
  expect(document.body.textContent).toContain("Only an owner may change it.");
  expect(document.querySelector("#add-rule")).toBeNull();
  expect(document.querySelector(".handle")).toBeNull();
  await press(".rule-name", "Checkout");
  expect(find<HTMLFieldSetElement>(".editor").disabled).toBe(true);
  expect(waitField().value).toBe("20 s");
});
