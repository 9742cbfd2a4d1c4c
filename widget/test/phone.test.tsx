// @vitest-environment happy-dom
/** A number in the country that is picked, as the gateway spells it. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HouseContext } from "../panel/context";
import { listed } from "../panel/countries";
import { PhoneForm } from "../panel/PhoneForm";
import { START } from "../panel/state";
import { english } from "./world";

const HOME = { id: "uk", channel: "sms", text: "At home.", prefixes: ["44"], home: true } as const;
const ABROAD = {
  id: "de",
  channel: "sms",
  text: "In Germany.",
  prefixes: ["49"],
  home: false,
} as const;
const CODES = { home: "GB", codes: { DE: "49", GB: "44", US: "1" } };

const asked: unknown[] = [];
const typedIn: unknown[] = [];
let reads: () => unknown;
let up: boolean;
const app = document.createElement("div");

beforeEach(async () => {
  asked.length = typedIn.length = 0;
  up = true;
  reads = () => ({ e164: "+4915112345678", shown: "+49 1511 2345678", region: "DE" });
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    if (!up) throw new TypeError("no network");
    if (url.startsWith("/widget/countries")) return new Response(JSON.stringify(CODES));
    typedIn.push(JSON.parse(String(init?.body)));
    return new Response(JSON.stringify(reads()));
  });
  const state = { ...START, view: { ...START.view, sentences: [HOME, ABROAD] } };
  const room = {
    state,
    watch: () => () => undefined,
    forgive: () => undefined,
    ask: (frame: unknown) => asked.push(frame),
  };
  document.body.appendChild(app);
  await act(async () =>
    render(
      // biome-ignore lint/suspicious/noExplicitAny: the form asks nothing else of the house
      <HouseContext.Provider value={{ room, key: "acme", tongue: english } as any}>
        <PhoneForm way="sms" />
      </HouseContext.Provider>,
      app,
    ),
  );
  await settled();
});

afterEach(() => {
  render(null, app);
  app.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settled = () => act(async () => void (await vi.advanceTimersByTimeAsync(400)));
const select = () => app.querySelector("select") as HTMLSelectElement;
const box = () => app.querySelector("input") as HTMLInputElement;
const text = (selector: string) => app.querySelector(selector)?.textContent;
async function type(value: string): Promise<void> {
  await act(() => {
    box().value = value;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  });
}
async function pick(country: string): Promise<void> {
  await act(() => {
    select().value = country;
    select().dispatchEvent(new Event("change", { bubbles: true }));
  });
}
const submit = () =>
  act(async () => {
    app.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await vi.advanceTimersByTimeAsync(0);
  });

test("the store's country stands there, with all others by name", () => {
  expect(text(".country span")).toBe("GB +44");
  expect([...select().options].map((one) => one.textContent)).toEqual([
    "Germany +49",
    "United Kingdom +44",
    "United States +1",
  ]);
  expect(text(".consent")).toBe("At home.");
});

test("a number of the picked country is spelled by the gateway and agreed to in its words", async () => {
  await pick("DE");
  await type("01511 2345678");
  expect(text(".consent")).toBe("In Germany.");
  await settled();
  expect(typedIn).toEqual([{ country: "DE", typed: "01511 2345678" }]);
  expect(text(".hint")).toBe("That is +49 1511 2345678");
  await submit();
  expect(asked).toEqual([
    { t: "leave_address", channel: "sms", value: "+4915112345678", sentence_id: "de" },
  ]);
});

test("a calling code that is typed moves the country along", async () => {
  await type("+49 1511 2345678");
  await settled();
  expect(text(".country span")).toBe("DE +49");
  expect(text(".consent")).toBe("In Germany.");
});

test("who is quicker than the gateway's look at it waits for that look", async () => {
  reads = () => null;
  await type("1234567");
  await submit();
  expect(asked).toEqual([]);
  expect(text("[role=alert]")).toMatch(/does not look like a mobile number/);
});

test("without an answer the number goes as it was typed, and the gateway decides", async () => {
  up = false;
  await type("+44 7700 900123");
  await submit();
  expect(asked).toMatchObject([{ value: "+44 7700 900123", sentence_id: "uk" }]);
});

test("names stand in the order of the shopper's language", () => {
  const codes = { AT: "43", DE: "49", EG: "20" };
  expect(listed({ home: "DE", codes }, "de").map(([, name]) => name)).toEqual([
    "Ägypten",
    "Deutschland",
    "Österreich",
  ]);
});
