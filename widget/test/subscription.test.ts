import { expect, test } from "vitest";
import { bytesOf, type Here, look, subscribe } from "../push/subscription";

const KEY = `B${"A".repeat(86)}`;
const OTHER = `B${"E".repeat(86)}`;
const PLACE = "/onethread-worker.js";

interface Held {
  endpoint: string;
  key: string;
}

/** A browser as far as pushes go; `held` is the subscription that it has. */
function browser({
  permission = "default" as NotificationPermission,
  answer = "granted" as NotificationPermission,
  held = null as Held | null,
  scope = `https://shop.example${PLACE}`,
  starts = true,
} = {}) {
  const done: string[] = [];
  let now = held;
  const told = ({ endpoint, key }: Held) => ({
    endpoint,
    options: { applicationServerKey: bytesOf(key).buffer },
    getKey: (name: string) => new Uint8Array(name === "auth" ? 16 : 65).buffer,
    unsubscribe: async () => {
      done.push("unsubscribed");
      now = null;
    },
  });
  let changed = () => {};
  const worker = {
    state: "installing",
    addEventListener: (_: string, listener: () => void) => {
      changed = listener;
    },
  };
  const registration = {
    scope,
    active: null,
    installing: worker,
    pushManager: {
      getSubscription: async () => (now ? told(now) : null),
      subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
        done.push(`subscribed by ${worker.state}`);
        const same = applicationServerKey.every((byte, at) => byte === bytesOf(KEY)[at]);
        return told({ endpoint: "https://push.example/new", key: same ? KEY : OTHER });
      },
    },
  };
  const here = {
    navigator: {
      serviceWorker: {
        register: async (url: string, options: { scope: string }) => {
          done.push(`registered ${url} at ${options.scope}`);
          queueMicrotask(() => {
            worker.state = starts ? "activated" : "redundant";
            changed();
          });
          return registration;
        },
        getRegistration: async () => registration,
      },
    },
    Notification: {
      permission,
      requestPermission: async () => {
        done.push("asked");
        return answer;
      },
    },
    PushManager: class {},
  } as unknown as Here;
  return { here, done };
}

const wants = (here: Here) => subscribe(here, PLACE, PLACE, KEY);

test("a shopper who allows it has a subscription with the store's key, by a worker that runs", async () => {
  const { here, done } = browser();
  expect(await wants(here)).toEqual({
    endpoint: "https://push.example/new",
    p256dh: "A".repeat(87),
    auth: "A".repeat(22),
    key: KEY,
    replaces: null,
  });
  expect(done).toEqual(["asked", `registered ${PLACE} at ${PLACE}`, "subscribed by activated"]);
});

test("who says no, or nothing, gets no worker", async () => {
  for (const [answer, came] of [
    ["denied", "blocked"],
    ["default", "can"],
  ] as const) {
    const { here, done } = browser({ answer });
    expect(await wants(here)).toBe(came);
    expect(done).toEqual(["asked"]);
  }
});

test("a subscription that is there already is told again", async () => {
  const { here } = browser({ held: { endpoint: "https://push.example/held", key: KEY } });
  expect(await wants(here)).toMatchObject({
    endpoint: "https://push.example/held",
    replaces: null,
  });
});

test("one by a key that the store has replaced makes room, and is named", async () => {
  const { here, done } = browser({ held: { endpoint: "https://push.example/held", key: OTHER } });
  expect(await wants(here)).toMatchObject({
    endpoint: "https://push.example/new",
    key: KEY,
    replaces: "https://push.example/held",
  });
  expect(done).toContain("unsubscribed");
});

test("a browser without pushes, such as an iPhone's outside an app, is not asked", async () => {
  const { here, done } = browser();
  const without = { ...here, PushManager: undefined };
  expect([await wants(without), await look(without, PLACE, KEY)]).toEqual(["cannot", "cannot"]);
  expect(done).toEqual([]);
});

test("a worker that does not start is said to have failed", async () => {
  const { here } = browser({ starts: false });
  expect(await wants(here)).toBe("failed");
});

test("looking asks nobody", async () => {
  const { here, done } = browser();
  expect(await look(here, PLACE, KEY)).toBe("can");
  const denied = browser({ permission: "denied" });
  expect(await look(denied.here, PLACE, KEY)).toBe("blocked");
  const held = browser({ held: { endpoint: "https://push.example/held", key: KEY } });
  expect(await look(held.here, PLACE, KEY)).toMatchObject({
    endpoint: "https://push.example/held",
  });
  expect([...done, ...denied.done, ...held.done]).toEqual([]);
});

test("a worker of the shop's own, at the shop's root, is none of ours", async () => {
  const held = { endpoint: "https://push.example/shop", key: KEY };
  const { here } = browser({ held, scope: "https://shop.example/" });
  expect(await look(here, PLACE, KEY)).toBe("can");
});
