// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { ask } from "../push/ask";

const ORIGIN = "https://gateway.example";
const KEY = `B${"A".repeat(86)}`;
const ENDS = ["asking", "done", "blocked", "cannot", "failed", "alone"];

beforeEach(() => {
  const ends = ENDS.map((end) => `<p data-at="${end}" hidden>${end}</p>`).join("");
  document.body.innerHTML = `<div>${ends}</div><button disabled data-key="${KEY}" data-store="pk_acme"></button>`;
});

/** The little window, and what it says to the panel that opened it. */
function opened({
  answer = "granted" as NotificationPermission,
  alone = false,
  able = true,
  works = true,
} = {}) {
  const posted: { says: unknown; to: string }[] = [];
  const registered: unknown[] = [];
  let closed = 0;
  const registration = {
    active: {},
    pushManager: {
      getSubscription: async () => null,
      subscribe: async () => {
        if (!works) throw new DOMException("no push service", "AbortError");
        return {
          endpoint: "https://push.example/1",
          options: { applicationServerKey: null },
          getKey: () => new ArrayBuffer(16),
        };
      },
    },
  };
  ask({
    opener: alone
      ? null
      : { postMessage: (says: unknown, to: string) => posted.push({ says, to }) },
    location: { origin: ORIGIN },
    document,
    close: () => {
      closed += 1;
    },
    navigator: {
      serviceWorker: {
        register: async (url: string, options: unknown) => {
          registered.push([url, options]);
          return registration;
        },
      },
    },
    Notification: { requestPermission: async () => answer },
    PushManager: able ? class {} : undefined,
  } as unknown as Parameters<typeof ask>[0]);
  return { posted, registered, closed: () => closed };
}

const button = () => document.querySelector("button") as HTMLButtonElement;
const clicks = async () => {
  button().click();
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
const reads = () =>
  [...document.querySelectorAll<HTMLElement>("[data-at]")]
    .filter((line) => !line.hidden)
    .map((line) => line.dataset.at);

test("nothing is asked before the click, which counts once somebody listens", () => {
  expect(button().disabled).toBe(true);
  const { posted, registered } = opened();
  expect(button().disabled).toBe(false);
  expect([posted, registered, reads()]).toEqual([[], [], []]);
});

test("a subscription goes to the panel alone, at its exact origin, and the window with it", async () => {
  const { posted, registered, closed } = opened();
  await clicks();
  expect(posted).toMatchObject([
    { says: { onethread: 1, push: { endpoint: "https://push.example/1" } }, to: ORIGIN },
  ]);
  expect(registered).toEqual([["/push/worker.js?key=pk_acme", { scope: "/push/pk_acme/" }]]);
  expect(closed()).toBe(1);
});

test.each([
  [{ answer: "denied" as const }, "blocked"],
  [{ works: false }, "failed"],
])("what stands in the way is said, and can be tried again: %o", async (how, end) => {
  const { posted, closed } = opened(how);
  await clicks();
  expect(reads()).toEqual([end]);
  expect(posted).toEqual([{ says: { onethread: 1, push: end }, to: ORIGIN }]);
  expect([button().hidden, button().disabled, closed()]).toEqual([false, false, 0]);
});

test.each([
  [{ alone: true }, "alone"],
  [{ able: false }, "cannot"],
])("where it cannot work there is no button: %o", (how, end) => {
  opened(how);
  expect([reads(), button().hidden]).toEqual([[end], true]);
});
