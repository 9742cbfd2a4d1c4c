import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { alike, trouble } from "../src/me/hours";
import type { OwnAddress } from "../src/me/own";
import { isToldSomewhere, type Own, zones } from "../src/me/own";
import { AGENT, answers, asked, find, home, press, settle, signedIn, Wire } from "./house";
import { pressedTwice } from "./twice";

const PHONE: OwnAddress = {
  address_id: "p1",
  channel: "sms",
  value: "+4791122333",
  proven: false,
  consented: false,
  consented_at: null,
  stopped: false,
  failed: null,
  failed_at: null,
  proven_at: null,
  code_sent: true,
  sentence: null,
};
const ADA: Own = {
  name: AGENT.name,
  face: null,
  email: "ada@acme.example",
  hours: [],
  zone: "Europe/Oslo",
  on_call: 1,
  addresses: [],
};

/** What the gateway answers there: all of Ada's settings, as they are then. */
function told(over: Partial<Own>, url = "/api/me"): void {
  answers.set(url, [200, { agent: AGENT, csrf: "token", ...ADA, ...over }]);
}

async function opened(over: Partial<Own> = {}): Promise<void> {
  await signedIn();
  told(over);
  await press("button.self");
  await act(() => vi.dynamicImportSettled());
  await settle();
}

async function type(selector: string, words: string): Promise<void> {
  const field = find<HTMLInputElement>(selector);
  await act(() => {
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
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
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("where Ada is told", () => {
  test("she is told nowhere, adds a phone, and proves it by the code", async () => {
    await opened();
    expect(find("dialog").textContent).toContain("You are told nowhere: add a phone or a mailbox");
    await type("dialog input[type=tel]", "+47 911 22 333");
    told({ addresses: [PHONE] }, "/api/me/addresses");
    await pressedTwice("/api/me/addresses", "button", "Send a code");
    expect(asked.at(-1)).toEqual({
      method: "POST",
      url: "/api/me/addresses",
      body: { channel: "sms", value: "+47 911 22 333" },
    });
    expect(find(".own-address").textContent).toContain("not proven yet");
    expect(find(".said").textContent).toContain("prove an address");

    await type("dialog input.code", "123 456");
    told({ addresses: [{ ...PHONE, proven: true }] }, "/api/me/addresses/p1/code");
    await pressedTwice("/api/me/addresses/p1/code", "button", "Prove it is mine");
    expect(asked.at(-1)).toMatchObject({
      url: "/api/me/addresses/p1/code",
      body: { code: "123456" },
    });
    expect(document.querySelector(".said")).toBeNull();
    expect(document.querySelector("dialog input.code")).toBeNull();
  });

  test("a code that is wrong says so where it was typed, and nothing is lost", async () => {
    await opened({ addresses: [PHONE] });
    answers.set("/api/me/addresses/p1/code", [
      400,
      { code: "bad_input", message: "that is not the code" },
    ]);
    await type("dialog input.code", "000000");
    await press("button", "Prove it is mine");
    expect(find(".own-address [role=alert]").textContent).toBe("that is not the code");
    expect(find<HTMLInputElement>("dialog input.code").value).toBe("000000");
  });

  test("a code that has run out can only be sent anew", async () => {
    await opened({ addresses: [{ ...PHONE, code_sent: false }] });
    expect(document.querySelector("dialog input.code")).toBeNull();
    told({ addresses: [PHONE] }, "/api/me/addresses");
    await pressedTwice("/api/me/addresses", "button", "Send another code");
    expect(asked.at(-1)?.body).toEqual({ channel: "sms", value: PHONE.value });
    expect(find(".own-address").textContent).toContain("A new code is on its way");
    expect(document.querySelector("dialog input.code")).not.toBeNull();
  });

  test("an address that she removes is gone", async () => {
    await opened({ addresses: [{ ...PHONE, proven: true }] });
    told({ addresses: [] }, "/api/me/addresses/p1");
    await press('button[aria-label="Remove +4791122333"]');
    await settle();
    expect(asked.at(-1)).toMatchObject({ method: "DELETE", url: "/api/me/addresses/p1" });
    expect(find("dialog").textContent).toContain("You are told nowhere");
  });

  test("only a proven address that works is a place to be told", () => {
    const proven = { ...PHONE, proven: true };
    expect(isToldSomewhere({ ...ADA, addresses: [PHONE] })).toBe(false);
    expect(isToldSomewhere({ ...ADA, addresses: [{ ...proven, failed: "no such number" }] })).toBe(
      false,
    );
    expect(isToldSomewhere({ ...ADA, addresses: [{ ...proven, stopped: true }] })).toBe(false);
    expect(isToldSomewhere({ ...ADA, addresses: [PHONE, proven] })).toBe(true);
  });
});

describe("when Ada is told", () => {
  test("at any time, until she sets hours and saves them", async () => {
    await opened();
    expect(find("dialog").textContent).toContain("At any time, day and night.");
    const save = find<HTMLButtonElement>("dialog button", "Save hours");
    expect(save.getAttribute("aria-disabled")).toBe("true");
    await press("button", "Save hours");
    expect(asked.some(({ method }) => method === "PUT")).toBe(false);
    await press("button", "Set hours");
    told({ hours: ["Mon,Tue,Wed,Thu,Fri 09:00-18:00"] }, "/api/me/hours");
    await pressedTwice("/api/me/hours", "button", "Save hours");
    expect(asked.at(-1)).toEqual({
      method: "PUT",
      url: "/api/me/hours",
      body: { hours: ["Mon-Fri 09:00-18:00"], zone: "Europe/Oslo" },
    });
    expect(find("dialog").textContent).toContain("Saved.");
    expect(save.getAttribute("aria-disabled")).toBe("true");
    expect(document.activeElement).toBe(save);
  });

  test("whether she is on call is told in words", async () => {
    await opened({ on_call: 0 });
    expect(find("dialog").textContent).toContain("You are not on call");
  });

  test("the same hours written differently are the same", () => {
    expect(alike(["Mon-Fri 09:00-18:00"], ["Mon,Tue,Wed,Thu,Fri 09:00-18:00"])).toBe(true);
    expect(alike(["Mon-Fri 09:00-18:00"], ["Mon-Sat 09:00-18:00"])).toBe(false);
  });

  test("hours of no day at all are refused before they are sent", () => {
    expect(trouble(["- 09:00-18:00"])).toMatch(/at least one day/);
    expect(trouble(["Sat 10:00-14:00"])).toBeNull();
  });

  test("a zone that the browser does not know can stay chosen", () => {
    expect(zones("Mars/Olympus", "Europe/Oslo")).toContain("Mars/Olympus");
    expect(zones("", "UTC").filter((name) => name === "UTC")).toHaveLength(1);
  });
});
