/**
 * A browser's push subscription, made and told in the shape that the gateway takes.
 *
 * Used on the shop's own page and in the gateway's little window: a framed page may not ask.
 */

/** Endpoint and keys (RFC 8030, RFC 8291) as base64url without padding. */
export interface Subscription {
  endpoint: string;
  p256dh: string;
  auth: string;
  /** The store's key that it was made with. */
  key: string;
  /** The endpoint that this browser had before, when there was another. */
  replaces: string | null;
}

/** What came of it when there is no subscription. */
export type Without =
  /** It can be asked for. */
  | "can"
  /** The shopper, or their browser, said no; only its settings change that. */
  | "blocked"
  /** This browser has no push here: an iPhone outside an app of its home screen, an old one. */
  | "cannot"
  /** It ought to have worked. */
  | "failed";

/** The part of a window that is used. */
export interface Here {
  navigator: { serviceWorker?: Pick<ServiceWorkerContainer, "register" | "getRegistration"> };
  Notification?: Pick<typeof Notification, "permission" | "requestPermission">;
  PushManager?: unknown;
}

export function able(here: Here): boolean {
  return !!(here.navigator.serviceWorker && here.Notification && here.PushManager);
}

/** How it stands now; asks nobody. `worker` is the file, `scope` the place that is ours alone. */
export async function look(
  here: Here,
  scope: string,
  key: string,
): Promise<Subscription | Without> {
  if (!able(here)) return "cannot";
  if (here.Notification?.permission === "denied") return "blocked";
  const registration = await here.navigator.serviceWorker?.getRegistration(scope);
  // A worker of the shop's own answers for the places above ours.
  if (!registration?.scope.endsWith(scope)) return "can";
  const held = await registration.pushManager.getSubscription();
  return held && keyOf(held) === key ? told(held, null) : "can";
}

/** Asks for permission, within the click that this is called from, and subscribes. */
export async function subscribe(
  here: Here,
  worker: string,
  scope: string,
  key: string,
): Promise<Subscription | Without> {
  if (!able(here)) return "cannot";
  // Before anything else is awaited: the browser's patience with a click is short.
  const answer = await here.Notification?.requestPermission();
  if (answer !== "granted") return answer === "denied" ? "blocked" : "can";
  try {
    const registration = await here.navigator.serviceWorker?.register(worker, { scope });
    if (!registration) return "cannot";
    await active(registration);
    return await subscribed(registration.pushManager, key);
  } catch (why) {
    console.warn("Onethread:", why);
    return "failed";
  }
}

async function subscribed(manager: PushManager, key: string): Promise<Subscription> {
  const held = await manager.getSubscription();
  if (held && keyOf(held) === key) return told(held, null);
  // Made with a key that the store has replaced; a registration has room for one.
  await held?.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  return told(await manager.subscribe(options), held?.endpoint ?? null);
}

/** A push can be asked for only once the worker runs. */
async function active(registration: ServiceWorkerRegistration): Promise<void> {
  if (registration.active) return;
  const worker = registration.installing ?? registration.waiting;
  await new Promise<void>((resolve, reject) => {
    const settle = () => {
      if (worker?.state === "activated") resolve();
      if (!worker || worker.state === "redundant") reject(new Error("the worker did not start"));
    };
    worker?.addEventListener("statechange", settle);
    settle();
  });
}

export function told(held: PushSubscription, replaces: string | null): Subscription {
  return {
    endpoint: held.endpoint,
    p256dh: textOf(held.getKey("p256dh")),
    auth: textOf(held.getKey("auth")),
    key: keyOf(held),
    replaces: replaces === held.endpoint ? null : replaces,
  };
}

function keyOf(held: PushSubscription): string {
  return textOf(held.options.applicationServerKey);
}

function textOf(bytes: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
