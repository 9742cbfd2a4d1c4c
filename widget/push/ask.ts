/**
 * The little window of the gateway's own origin, which the panel opens on a click.
 *
 * It asks on a click of its own, hands the subscription to the panel, which has the same origin,
 * and goes. The words are in the document, one line for each way that it may end.
 */

import { MARK, type PartSays } from "../loader/bridge";
import { able, type Subscription, subscribe, type Without } from "./subscription";

/** The part of the window that is used besides what asking takes. */
type Asking = Parameters<typeof subscribe>[0] & {
  opener: Pick<Window, "postMessage"> | null;
  location: Pick<Location, "origin">;
  document: Document;
  close(): void;
};

export function ask(here: Asking): void {
  const { document, opener, location } = here;
  const button = document.querySelector("button") as HTMLButtonElement;
  const lines = [...document.querySelectorAll<HTMLElement>("[data-at]")];
  const say = (at: string) => {
    for (const line of lines) line.hidden = line.dataset.at !== at;
  };
  const hand = (push: Subscription | Without) =>
    opener?.postMessage({ [MARK]: 1, push } satisfies PartSays, location.origin);

  const dead = !opener ? "alone" : !able(here) ? "cannot" : null;
  if (dead) {
    button.hidden = true;
    say(dead);
    return;
  }
  button.onclick = async () => {
    button.disabled = true;
    say("asking");
    const { key, store } = button.dataset as Record<"key" | "store", string>;
    // A place for each store: a registration has room for one key.
    const came = await subscribe(here, `/push/worker.js?key=${store}`, `/push/${store}/`, key);
    button.disabled = false;
    hand(came);
    button.hidden = typeof came !== "string";
    say(typeof came === "string" ? came : "done");
    if (typeof came !== "string") here.close();
  };
  button.disabled = false;
}
