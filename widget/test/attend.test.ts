import { expect, test } from "vitest";
import { attend, type Scope } from "../push/attend";

const GATEWAY = "https://gateway.example";
const LINK = `${GATEWAY}/t/pk_acme/abc123`;
const THREAD = `${GATEWAY}/t/pk_acme`;
const PUSHED = {
  store: "Acme",
  title: "New reply from Acme",
  body: "Tap to read it in the chat.",
  url: LINK,
  tag: "topic-1",
  token: "pk_acme.abc123",
};
const KEY = new Uint8Array(65).fill(4);

function subscription(name: string): PushSubscription {
  return {
    endpoint: `https://push.example/${name}`,
    options: { applicationServerKey: KEY.buffer, userVisibleOnly: true },
    getKey: (which: string) => new Uint8Array(which === "auth" ? 16 : 65).fill(1).buffer,
  } as unknown as PushSubscription;
}

function worker({ windows = [] as { url: string; visible?: boolean }[], online = true } = {}) {
  const shown: { title: string; options: NotificationOptions }[] = [];
  const closed: string[] = [];
  const opened: string[] = [];
  const focused: string[] = [];
  const told: { url: string; body: unknown; init: RequestInit }[] = [];
  const listeners = new Map<string, (event: never) => void>();
  const scope = {
    addEventListener: (name: string, listener: (event: never) => void) =>
      listeners.set(name, listener),
    registration: {
      showNotification: async (title: string, options: NotificationOptions) => {
        shown.push({ title, options });
      },
      getNotifications: async ({ tag }: { tag: string }) => [{ close: () => closed.push(tag) }],
      pushManager: { subscribe: async () => subscription("made") },
    },
    clients: {
      matchAll: async () =>
        windows.map(({ url, visible }) => ({
          url,
          visibilityState: visible ? "visible" : "hidden",
          focus: async () => focused.push(url),
        })),
      openWindow: async (url: string) => opened.push(url),
    },
    navigator: { language: "de-AT" },
    fetch: async (url: string, init: RequestInit) => {
      if (!online) throw new TypeError("no network");
      told.push({ url, body: JSON.parse(init.body as string), init });
    },
  };
  attend(scope as unknown as Scope, GATEWAY, "pk_acme");
  const happens = async (name: string, event: object) => {
    const work: Promise<unknown>[] = [];
    const waitUntil = (one: Promise<unknown>) => work.push(one);
    listeners.get(name)?.({ ...event, waitUntil } as never);
    await Promise.all(work);
  };
  const pushes = (data: unknown) => happens("push", { data: { json: () => data } });
  const clicks = (data: unknown) =>
    happens("notificationclick", { notification: { data, close: () => closed.push("clicked") } });
  return { shown, closed, opened, focused, told, happens, pushes, clicks };
}

test("a push is shown as it came, and the gateway is told that it was", async () => {
  const { shown, told, pushes } = worker();
  await pushes(PUSHED);
  expect(shown).toEqual([
    {
      title: PUSHED.title,
      options: { body: PUSHED.body, tag: "topic-1", data: LINK, dir: "auto", silent: false },
    },
  ]);
  expect(told).toMatchObject([
    {
      url: `${GATEWAY}/push/shown`,
      body: { token: PUSHED.token },
      init: { method: "POST", mode: "no-cors", credentials: "omit" },
    },
  ]);
});

test.each([
  ["no data", null],
  ["no JSON", { json: () => JSON.parse("{cut") }],
  ["a list", { json: () => [1, 2] }],
  ["nothing", { json: () => null }],
  ["other types", { json: () => ({ title: 5, body: {}, url: 7, tag: [], token: null }) }],
])("a push of %s is a notification all the same, in the browser's language", async (_, data) => {
  const { shown, told, happens } = worker();
  await happens("push", { data });
  expect(shown).toMatchObject([{ title: "Es gibt eine Antwort", options: { body: "" } }]);
  expect(told).toEqual([]);
});

test("who is reading the conversation is not disturbed", async () => {
  const { shown, closed, told, pushes } = worker({ windows: [{ url: THREAD, visible: true }] });
  await pushes(PUSHED);
  expect(shown).toMatchObject([{ options: { silent: true } }]);
  expect(closed).toEqual(["topic-1"]);
  expect(told).toHaveLength(1);
});

test("another store's conversation, or one that is not looked at, keeps nothing back", async () => {
  const windows = [{ url: `${THREAD}_2`, visible: true }, { url: THREAD }];
  const { shown, closed, pushes } = worker({ windows });
  await pushes(PUSHED);
  expect(shown).toMatchObject([{ options: { silent: false } }]);
  expect(closed).toEqual([]);
});

test("offline again: what was shown stays shown", async () => {
  const { shown, pushes } = worker({ online: false });
  await pushes(PUSHED);
  expect(shown).toHaveLength(1);
});

test("a click opens the link of its own notification", async () => {
  const { opened, closed, clicks } = worker({ windows: [{ url: "https://shop.example/" }] });
  await clicks(LINK);
  expect([opened, closed]).toEqual([[LINK], ["clicked"]]);
});

test("a click goes to the tab that has the conversation already", async () => {
  const { opened, focused, clicks } = worker({ windows: [{ url: THREAD }] });
  await clicks(LINK);
  expect([opened, focused]).toEqual([[], [THREAD]]);
});

test.each([
  "https://evil.example/t/pk_acme/x",
  `${GATEWAY}/console`,
  "javascript:alert(1)",
  "",
  undefined,
])("a click never leads to %s", async (url) => {
  const { opened, clicks } = worker();
  await clicks(url);
  expect(opened).toEqual([]);
});

test("a subscription that the browser changed is handed over with proof of the old one", async () => {
  const { told, happens } = worker();
  await happens("pushsubscriptionchange", {
    oldSubscription: subscription("old"),
    newSubscription: null,
  });
  expect(told).toMatchObject([
    {
      url: `${GATEWAY}/push/changed`,
      body: {
        key: "pk_acme",
        was: { endpoint: "https://push.example/old", auth: expect.stringMatching(/^[\w-]{22}$/) },
        endpoint: "https://push.example/made",
        p256dh: expect.stringMatching(/^[\w-]{87}$/),
        auth: expect.stringMatching(/^[\w-]{22}$/),
      },
    },
  ]);
});

test("without the old one nobody can be told whose it was", async () => {
  const { told, happens } = worker();
  await happens("pushsubscriptionchange", { newSubscription: subscription("new") });
  expect(told).toEqual([]);
});
