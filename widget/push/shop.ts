/**
 * The shop's own page asks for notifications; the loader fetches this once somebody has written.
 *
 * The loader has checked where a message came from, and calls `push` with it.
 */

import { MARK, type PanelSays, type PartSays } from "../loader/bridge";
import { look, type Subscription, subscribe, type Without } from "./subscription";

/**
 * The tag names the shop's one-line service worker. Its own address is its place: there it stands
 * in the way of no page, and of no other worker of the shop's.
 */
export async function push(
  event: Pick<MessageEvent<PanelSays>, "data" | "origin"> & { source: unknown },
  tag: HTMLElement,
): Promise<void> {
  const said = event.data.push;
  if (!said) return;
  const panel = event.source as Pick<Window, "postMessage">;
  const answer = (came: Subscription | Without) =>
    panel.postMessage({ [MARK]: 1, push: came } satisfies PartSays, event.origin);
  const worker = new URL(tag.dataset.worker as string, location.href);
  const scope = worker.pathname;
  worker.searchParams.set("key", tag.dataset.key as string);
  // Agreed to once and still allowed: a key or a subscription that was lost comes back unasked.
  const quietly = said.ask === "again" && window.Notification?.permission === "granted";
  answer(
    said.ask === "now" || quietly
      ? await subscribe(window, worker.href, scope, said.key)
      : await look(window, scope, said.key),
  );
}
