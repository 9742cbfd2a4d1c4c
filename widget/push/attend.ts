/**
 * What the service worker does: shows that there is an answer, says so, opens it on a click.
 *
 * A push brings no words of the conversation. Every push ends in a notification, since browsers
 * take the permission away from a worker that shows none, so nothing here may raise before that.
 */

import { push as ar } from "../panel/words/parts/ar.json";
import { push as de } from "../panel/words/parts/de.json";
import { push as en } from "../panel/words/parts/en.json";
import { push as es } from "../panel/words/parts/es.json";
import { push as fr } from "../panel/words/parts/fr.json";
import { push as it } from "../panel/words/parts/it.json";
import { push as ja } from "../panel/words/parts/ja.json";
import { push as pt } from "../panel/words/parts/pt.json";
import { told } from "./subscription";

/** What the gateway put into a push; a field of another type counts as missing. */
interface Payload {
  title: string;
  body: string;
  /** The link that opens the conversation. */
  url: string;
  /** A newer notification of the same tag takes the place of the older. */
  tag: string;
  /** Proves to the gateway that this one was shown. */
  token: string;
}

interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}

interface Events {
  push: Waiting & { data: { json(): unknown } | null };
  notificationclick: Waiting & { notification: Pick<Notification, "data" | "close"> };
  pushsubscriptionchange: Waiting & {
    oldSubscription?: PushSubscription | null;
    newSubscription?: PushSubscription | null;
  };
}

interface Client {
  url: string;
  visibilityState: DocumentVisibilityState;
  focus(): Promise<unknown>;
}

/** The part of a service worker's scope that is used. */
export interface Scope {
  addEventListener<Name extends keyof Events>(
    name: Name,
    listener: (event: Events[Name]) => void,
  ): void;
  registration: Pick<
    ServiceWorkerRegistration,
    "showNotification" | "getNotifications" | "pushManager"
  >;
  clients: {
    matchAll(options: { type: "window"; includeUncontrolled: true }): Promise<readonly Client[]>;
    openWindow(url: string): Promise<unknown>;
  };
  navigator: { language: string };
  fetch(url: string, init: RequestInit): Promise<unknown>;
}

/** `gateway` is an origin: no other address is called or opened. `store` is the store's key. */
export function attend(scope: Scope, gateway: string, store: string): void {
  scope.addEventListener("push", (event) => event.waitUntil(show(scope, gateway, event.data)));
  scope.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(scope, gateway, event.notification.data));
  });
  scope.addEventListener("pushsubscriptionchange", (event) =>
    event.waitUntil(handOver(scope, gateway, store, event)),
  );
}

async function show(scope: Scope, gateway: string, data: Events["push"]["data"]): Promise<void> {
  const { title, body, url, tag, token } = read(data);
  const words = { ar, de, en, es, fr, it, ja, pt }[scope.navigator.language.slice(0, 2)] ?? en;
  const thread = threadOf(gateway, url);
  const reading = (await windows(scope)).some(
    (one) => one.visibilityState === "visible" && isThread(one.url, thread),
  );
  const options: NotificationOptions = { body, tag, data: url, dir: "auto", silent: reading };
  await scope.registration.showNotification(title || words.news, options);
  if (reading) await hush(scope, tag);
  if (token) await tell(scope, `${gateway}/push/shown`, { token });
}

/** It had to be shown, but whoever has the conversation before their eyes needs no second sign. */
async function hush(scope: Scope, tag: string): Promise<void> {
  for (const each of await scope.registration.getNotifications({ tag })) each.close();
}

async function open(scope: Scope, gateway: string, url: unknown): Promise<void> {
  const thread = threadOf(gateway, typeof url === "string" ? url : "");
  if (!thread) return;
  const there = (await windows(scope)).find((one) => isThread(one.url, thread));
  await (there ? there.focus() : scope.clients.openWindow(thread.href));
}

/** The browser changed the subscription by itself; knowing the old one proves whose it was. */
async function handOver(
  scope: Scope,
  gateway: string,
  store: string,
  { oldSubscription, newSubscription }: Events["pushsubscriptionchange"],
): Promise<void> {
  if (!oldSubscription) return;
  const { applicationServerKey } = oldSubscription.options;
  const now =
    newSubscription ??
    (await scope.registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey,
    }));
  const [was, is] = [told(oldSubscription, null), told(now, null)];
  await tell(scope, `${gateway}/push/changed`, {
    key: store,
    was: { endpoint: was.endpoint, auth: was.auth },
    endpoint: is.endpoint,
    p256dh: is.p256dh,
    auth: is.auth,
  });
}

function read(data: Events["push"]["data"]): Payload {
  let said: Partial<Record<keyof Payload, unknown>> = {};
  try {
    said = Object(data?.json());
  } catch {
    // Not ours, or cut: there is news all the same, and showing nothing is not allowed.
  }
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    title: text(said.title),
    body: text(said.body),
    url: text(said.url),
    tag: text(said.tag),
    token: text(said.token),
  };
}

/** The link, when it leads to a conversation on the gateway. */
function threadOf(gateway: string, url: string): URL | null {
  const link = parse(url);
  return link?.origin === gateway && link.pathname.startsWith("/t/") ? link : null;
}

/** Whether a window shows this conversation, or the link to it. */
function isThread(url: string, thread: URL | null): boolean {
  const there = parse(url);
  if (!thread || there?.origin !== thread.origin) return false;
  // The link's own page is /t/STORE/TOKEN; once opened, the conversation is /t/STORE.
  const opened = thread.pathname.split("/").slice(0, 3).join("/");
  return there.pathname === opened || there.pathname === thread.pathname;
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function windows(scope: Scope): Promise<readonly Client[]> {
  return scope.clients.matchAll({ type: "window", includeUncontrolled: true });
}

/** As text and without cookies: the shop's origin may then say it without being asked first. */
async function tell(scope: Scope, url: string, body: object): Promise<void> {
  const how = { method: "POST", mode: "no-cors", credentials: "omit", keepalive: true } as const;
  try {
    await scope.fetch(url, { ...how, body: JSON.stringify(body) });
  } catch (why) {
    // Offline again: the gateway learns it later, from the shopper or from the push service.
    console.warn("Onethread:", why);
  }
}
