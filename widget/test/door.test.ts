import { expect, test } from "vitest";
import type { PanelSays } from "../loader/bridge";
// Here already, so that the parts which the door fetches come at once.
import "../panel/api";
import "../panel/home";
import { Door } from "../panel/door";
import { keepIn } from "../panel/keep";
import type { Room } from "../panel/room";

type Says = Omit<PanelSays, "onethread">;
type Post = { path: string; body: Record<string, unknown> };

function refusedStorage(): never {
  throw new DOMException("storage is refused", "SecurityError");
}

/** Vera's panel, and the gateway as she meets it; `answers` are told by path, the last one stays. */
function panel(answers: Record<string, [number, object][]> = {}, stays = true) {
  const posts: Post[] = [];
  const said: Says[] = [];
  const waited: number[] = [];
  let reloads = 0;
  const usual: Record<string, object> = {
    "/widget/session": { ticket: "ticket", session: "s1", shopper_id: "vera", known: true },
    "/widget/identify": { ticket: "t", session: "s2", shopper_id: "vera", known: true },
    "/widget/handle": { session: null, handle: "h1" },
  };
  const get = (async (path: string, init?: RequestInit) => {
    posts.push({ path, body: JSON.parse(String(init?.body)) });
    const left = answers[path] ?? [];
    const [status, body] = (left.length > 1 ? left.shift() : left[0]) ?? [200, usual[path] ?? {}];
    if (status === 0) throw new TypeError("the network failed");
    return new Response(JSON.stringify(body), { status });
  }) as typeof fetch;
  const held = keepIn(refusedStorage);
  const room = pretendRoom();
  const door = new Door({
    key: "acme",
    language: "en",
    keep: held,
    stays,
    get,
    tell: (says) => said.push(says),
    cmid: () => "page",
    wait: async (ms) => void waited.push(ms),
    room: () => room,
    reload: () => {
      reloads += 1;
    },
  });
  const hears = (told: unknown[], handle: string | null = null) =>
    door.asked({ told, look: {}, handle });
  const to = (path: string) => posts.filter((each) => each.path === path);
  return { door, hears, posts, to, said, waited, held, room, reloads: () => reloads };
}

/** A room with one letter at most. */
function pretendRoom() {
  const watchers = new Set<() => void>();
  let outbox: object[] = [];
  return {
    get state() {
      return { view: { outbox } } as unknown as Room["state"];
    },
    watch(watcher: () => void) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    holds(state: string) {
      outbox = [{ state }];
      for (const watcher of watchers) watcher();
    },
  };
}

/** Everything that was begun is done: nothing here waits for a clock. */
const done = () => new Promise((go) => setImmediate(() => setImmediate(() => setImmediate(go))));
const heard = (said: Says[]) => said.flatMap((each) => each.heard ?? []);

async function until(what: () => boolean) {
  for (let turns = 0; turns < 200 && !what(); turns++) await done();
  expect(what()).toBe(true);
}

test("a token goes to the gateway once, in a session, and is acknowledged at once", async () => {
  const { hears, said, posts, to } = panel();
  const call = [2, "identify", { token: "a.b.c" }, undefined];
  hears([call]);
  hears([call]);
  await until(() => to("/widget/identify").length === 1);
  await done();
  expect(heard(said)).toEqual([2]);
  expect(posts.map(({ path }) => path)).toEqual(["/widget/session", "/widget/identify"]);
  expect(posts[1]?.body).toEqual({ key: "acme", session: "s1", token: "a.b.c" });
});

test("anything but a token is a claim", async () => {
  const { hears, to } = panel();
  hears([[2, "identify", { name: "Vera", email: "vera@example.com" }]]);
  await until(() => to("/widget/identify").length === 1);
  expect(to("/widget/identify")[0]?.body).toEqual({
    key: "acme",
    session: "s1",
    claims: { name: "Vera", email: "vera@example.com" },
  });
});

test("what is told goes in one post, each thing under an id of its own", async () => {
  const { hears, to } = panel();
  hears([
    [2, "track", "viewed", { sku: "fjord" }],
    [3, "set", { plan: "gold" }],
    [4, "track", "left"],
  ]);
  await until(() => to("/widget/told").length === 1);
  await done();
  const told = to("/widget/told").flatMap(({ body }) => body.told);
  expect(told).toEqual([
    { id: "page-2", track: "viewed", data: { sku: "fjord" } },
    { id: "page-3", set: { plan: "gold" } },
    { id: "page-4", track: "left" },
  ]);
});

test("a token that is not good is told in plain words, and the chat goes on as it was", async () => {
  const { hears, said, waited, reloads, held } = panel({
    "/widget/identify": [[401, { code: "no", message: "This token has run out." }]],
  });
  hears([[2, "identify", { token: "old" }]]);
  await until(() => said.some((each) => each.warn !== undefined));
  const warning = said.find((each) => each.warn)?.warn;
  expect(warning).toBe(
    "identify was not taken; the chat goes on as it was. This token has run out.",
  );
  expect(warning).not.toContain("old");
  expect([waited, reloads(), held.get("onethread:acme:session")]).toEqual([[], 0, "s1"]);
});

test("a network that fails for a while loses nothing", async () => {
  const { hears, to, waited } = panel({
    "/widget/told": [
      [0, {}],
      [503, {}],
      [200, {}],
    ],
  });
  hears([[2, "track", "viewed"]]);
  await until(() => to("/widget/told").length === 3);
  expect(waited).toEqual([2_000, 4_000]);
});

test("a gateway that cannot be reached for a minute is told of", async () => {
  const { hears, said, waited } = panel({ "/widget/told": [[503, {}]] });
  hears([[2, "set", { plan: "gold" }]]);
  await until(() => said.some((each) => each.warn !== undefined));
  expect(waited).toHaveLength(5);
});

test("whoever turns out to be somebody else begins afresh", async () => {
  const { hears, reloads, held } = panel({
    "/widget/identify": [[200, { session: "s9", shopper_id: "vera-of-old" }]],
  });
  hears([[2, "identify", { token: "a.b.c" }]]);
  await until(() => reloads() === 1);
  expect(held.get("onethread:acme:session")).toBe("s9");
});

test("what was written before is acknowledged before anybody becomes somebody else", async () => {
  const { hears, posts, room, reloads } = panel({
    "/widget/identify": [[200, { session: "s9", shopper_id: "vera-of-old" }]],
  });
  room.holds("sending");
  hears([[2, "identify", { token: "a.b.c" }]]);
  await done();
  expect(posts.filter(({ path }) => path === "/widget/identify")).toEqual([]);
  room.holds("sent");
  await until(() => reloads() === 1);
});

test("a reset forgets all that is kept here, and what came after it waits for the next panel", async () => {
  const { hears, said, to, held, reloads } = panel();
  held.set("onethread:acme:draft", "half a question");
  hears([
    [2, "reset"],
    [3, "identify", { name: "Walter" }],
  ]);
  await until(() => reloads() === 1);
  expect(heard(said)).toEqual([2]);
  expect(to("/widget/identify")).toEqual([]);
  expect(held.get("onethread:acme:session")).toBeNull();
  expect(held.get("onethread:acme:draft")).toBeNull();
  expect(said).toContainEqual({ kept: false, unread: 0, words: "", handle: null });
});

test("a call of another shape is none", async () => {
  const { hears, said, posts } = panel();
  hears([null, 7, [], [2], ["2", "reset"], [2, "dance"], [Number.NaN, "reset"], [0.5, "reset"]]);
  await done();
  expect([said, posts]).toEqual([[], []]);
});

test("identify without anything to go by is told, and nothing is sent", async () => {
  const { hears, said, to } = panel();
  hears([[2, "identify", "vera"]]);
  await until(() => said.some((each) => each.warn !== undefined));
  expect(to("/widget/identify")).toEqual([]);
});

test("a ticket and a call at once make one shopper, not two", async () => {
  const { door, hears, to } = panel();
  hears([[2, "track", "viewed"]]);
  const ticket = await door.ticket();
  await until(() => to("/widget/told").length === 1);
  expect(ticket).toBe("ticket");
  expect(to("/widget/session").map(({ body }) => body.session)[0]).toBeNull();
  for (const { body } of to("/widget/session").slice(1)) expect(body.session).toBe("s1");
});

test("where the frame keeps nothing, the page's handle brings the session back", async () => {
  const { door, hears, posts, said } = panel(
    { "/widget/handle": [[200, { session: "back", handle: "h2" }]] },
    false,
  );
  hears([], "h1");
  await door.ticket();
  expect(posts).toEqual([
    { path: "/widget/handle", body: { key: "acme", handle: "h1" } },
    { path: "/widget/session", body: { key: "acme", session: "back", language: "en" } },
  ]);
  expect(said).toEqual([{ handle: "h2" }]);
  await door.ticket();
  expect(posts.filter(({ path }) => path === "/widget/handle")).toHaveLength(1);
});

test("a handle is asked for once there is a conversation, and once a session", async () => {
  const { door, to, said } = panel({}, false);
  await door.ticket();
  expect(to("/widget/handle")).toEqual([]);
  await door.settle();
  await door.settle();
  expect(to("/widget/handle")).toEqual([
    { path: "/widget/handle", body: { key: "acme", session: "s1" } },
  ]);
  expect(said).toEqual([{ handle: "h1" }]);
});

test("a handle whose trade failed is tried again with the next ticket", async () => {
  const { door, hears, to } = panel(
    {
      "/widget/handle": [
        [503, {}],
        [200, { session: "back", handle: "h2" }],
      ],
    },
    false,
  );
  hears([], "h1");
  await expect(door.ticket()).rejects.toThrow("no handle: 503");
  await door.ticket();
  expect(to("/widget/handle").map(({ body }) => body.handle)).toEqual(["h1", "h1"]);
  expect(to("/widget/session")[0]?.body.session).toBe("back");
});

test("where the frame keeps its own, nothing is asked of the page", async () => {
  const { door, hears, to } = panel();
  hears([], "h1");
  await door.ticket();
  await door.settle();
  expect(to("/widget/handle")).toEqual([]);
});
