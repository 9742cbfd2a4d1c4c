import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { IdentityFact, ShopperFact, TrackedFact } from "../../widget/link/protocol.gen";
import { answers, atVeras, find, home, press, Wire } from "./house";
import { MINUTE, NOON, Pen } from "./scene";

const NOBODY: IdentityFact = {
  sub: null,
  signed_at: null,
  vouched: [],
  claims: [],
  attributes: [],
  tracked: [],
};

async function shown(identity: Partial<IdentityFact>, over: Partial<ShopperFact> = {}) {
  const wire = await atVeras(new Pen());
  const shopper: ShopperFact = {
    shopper_id: "vera",
    name: "Shopper #7",
    verified: false,
    presence: "reading",
    since: NOON,
    lost: false,
    page_url: null,
    page_title: null,
    addresses: [],
    earlier: 0,
    blocked: null,
    answers: [],
    language: "",
    zone: "",
    preference: [],
    identity: { ...NOBODY, ...identity },
    ...over,
  };
  await wire.tell({ t: "shopper", conversation_id: "c1", shopper });
}

interface Resizable {
  happyDOM: { setViewport(size: { width: number; height: number }): void };
}

const panel = () => find("aside.shopper").textContent ?? "";

beforeEach(() => {
  // Room for the shopper's column beside the thread.
  (window as unknown as Resizable).happyDOM.setViewport({ width: 1400, height: 900 });
  vi.useFakeTimers({ now: NOON });
  vi.stubGlobal("WebSocket", Wire);
  Wire.all = [];
  answers.clear();
  sessionStorage.clear();
  location.hash = "";
  document.body.append(home);
});

afterEach(async () => {
  await act(() => render(null, home));
  home.remove();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a shopper for whom the shop signed is shown so, with its own id for her", async () => {
  await shown({ sub: "customer 17", signed_at: NOON }, { name: "Vera", verified: true });
  expect(panel()).toContain("Signed by the shop");
  expect(panel()).toContain("its customer customer 17");
  expect(panel()).not.toContain("not verified");
});

test("what somebody says of themselves is not taken for their name", async () => {
  await shown({ claims: [{ name: "name", value: "Vera", at: NOON }] });
  expect(find("aside.shopper h2").textContent).toBe("Shopper #7");
  expect(panel()).toContain("Says so, not verified");
  expect(panel()).toContain("Anybody can say it");
});

test("a claim beside a signature is said not to be signed", async () => {
  const claims = [{ name: "email", value: "ben@acme.example", at: NOON }];
  await shown({ sub: "17", signed_at: NOON, claims }, { verified: true });
  expect(panel()).toContain("the signature does not cover it");
});

test("who is proven by an address and not by the shop is said to be that", async () => {
  await shown({}, { verified: true });
  expect(panel()).toContain("a number or mailbox is proven");
  expect(panel()).not.toContain("Signed by the shop");
});

test("the last things that the page saw are shown, and all of them when Ada asks", async () => {
  const tracked = Array.from(
    { length: 8 },
    (_, n): TrackedFact => ({
      name: `page ${8 - n}`,
      data: n === 0 ? { product: "blue", price: "59.5" } : {},
      at: NOON - n * MINUTE,
    }),
  );
  await shown({ tracked, attributes: [{ name: "basket", value: "2", at: NOON }] });
  expect(panel()).toContain("basket2");
  expect(panel()).toContain("product: blue, price: 59.5");
  expect(panel()).not.toContain("page 3");
  await press("aside.shopper button", "Show all 8");
  expect(panel()).toContain("page 1");
});

test("nobody is said to have agreed where only the shop has signed", async () => {
  const address = {
    address_id: "a1",
    channel: "email" as const,
    value: "vera@shopper.example",
    proven: true,
    consented: true,
    stopped: false,
    failed: null,
    failed_at: null,
    proven_at: null,
    code_sent: false,
    sentence: null,
    consented_at: NOON,
  };
  await shown({ sub: "17", signed_at: NOON, vouched: ["a1"] }, { addresses: [address] });
  expect(find(".address").textContent).toContain("by the shop’s signature");
  expect(find(".address").textContent).not.toContain("Agreed");
});
