import { expect, test } from "vitest";
import { Refused } from "../link/connection";
import { keepIn } from "../panel/keep";
import { ticketer } from "../panel/session";

function gateway(status: number) {
  const asked: { url: unknown; body: unknown }[] = [];
  const get = (async (url: unknown, init?: RequestInit) => {
    asked.push({ url, body: JSON.parse(String(init?.body)) });
    const body = { ticket: `ticket-${asked.length}`, session: "session-of-vera", known: true };
    return new Response(JSON.stringify(body), { status });
  }) as typeof fetch;
  return { asked, get };
}

function refusedStorage(): never {
  throw new DOMException("storage is refused", "SecurityError");
}

test("the session is passed back with every new ticket, even where storage is refused", async () => {
  const { asked, get } = gateway(200);
  const ticket = ticketer("acme", keepIn(refusedStorage), get);
  expect([await ticket(), await ticket()]).toEqual(["ticket-1", "ticket-2"]);
  expect(asked).toEqual([
    { url: "/widget/session", body: { key: "acme", session: null } },
    { url: "/widget/session", body: { key: "acme", session: "session-of-vera" } },
  ]);
});

test("the session outlives the page where storage is allowed", async () => {
  const held = new Map<string, string>();
  const storage = {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => void held.set(name, value),
  } as Storage;
  const { asked, get } = gateway(200);
  await ticketer(
    "acme",
    keepIn(() => storage),
    get,
  )();
  await ticketer(
    "acme",
    keepIn(() => storage),
    get,
  )();
  expect(asked[1]?.body).toEqual({ key: "acme", session: "session-of-vera" });
});

test("a no for good is told apart from a gateway that is down", async () => {
  const ask = (status: number) => ticketer("acme", keepIn(refusedStorage), gateway(status).get)();
  await expect(ask(403)).rejects.toBeInstanceOf(Refused);
  await expect(ask(404)).rejects.toBeInstanceOf(Refused);
  for (const status of [429, 500, 503]) {
    await expect(ask(status)).rejects.not.toBeInstanceOf(Refused);
  }
});
