/** The hand-shake with the shop's page: nothing is asked of the gateway before it. */

import { type LoaderSays, type Look, MARK, type PanelSays, type PartSays } from "../loader/bridge";

export interface Gate {
  /** Say something to the loader; nothing before it spoke. */
  tell(says: Omit<PanelSays, "onethread">): void;
}

/** How the shop's page is. */
export type Page = Omit<LoaderSays, "onethread" | "told" | "look" | "handle">;

export interface Wants {
  /** Calls that the gateway has to know of; each is checked by who takes them. */
  told: unknown[];
  look: Partial<Look>;
  handle: string | null;
}

interface GateOptions {
  self: Window;
  origins: readonly string[];
  /** The loader spoke; its first word is the hello. */
  heard: (says: Page) => void;
  /** The same word's other half: what the shop's page wants, and keeps for us. */
  asked: (wants: Wants) => void;
  /** What came of notifications on the shop's page; anything at all. */
  pushed: (push: unknown) => void;
  /** Nobody allowed has spoken: a page of its own, or a shop that is not the store's. */
  refused: () => void;
}

/** As long as the loader waits for us. */
const PATIENCE_MS = 10_000;

export function openGate({ self, origins, heard, asked, pushed, refused }: GateOptions): Gate {
  let shop: string | null = null;
  const parent = self.parent;
  const timer = self.setTimeout(refused, parent === self ? 0 : PATIENCE_MS);
  const tell: Gate["tell"] = (says) => {
    if (shop !== null) parent.postMessage({ ...says, [MARK]: 1 } satisfies PanelSays, shop);
  };
  self.addEventListener("message", (event: MessageEvent<Partial<LoaderSays & PartSays> | null>) => {
    if (event.source !== parent || parent === self || !origins.includes(event.origin)) return;
    const says = event.data;
    if (says?.[MARK] !== 1) return;
    if (says.push !== undefined) {
      if (shop !== null) pushed(says.push);
      return;
    }
    const hello = shop === null;
    shop = event.origin;
    if (hello) {
      self.clearTimeout(timer);
      tell({});
    }
    asked(wanted(says));
    heard(read(says));
  });
  return { tell };
}

/** The shop's page may run anything: what it says is taken for its type, not on trust. */
function read(says: Partial<LoaderSays>): Page {
  return {
    open: says.open === true,
    kept: says.kept === true,
    focus: says.focus === true,
    leaving: says.leaving === true,
    url: typeof says.url === "string" ? says.url : "",
    title: typeof says.title === "string" ? says.title : "",
  };
}

const MOST_HANDLE = 100;

function wanted({ told, look, handle }: Partial<LoaderSays>): Wants {
  const { accent, scheme } = { ...look };
  return {
    told: Array.isArray(told) ? told : [],
    look: {
      ...(typeof accent === "string" && { accent }),
      ...(typeof scheme === "string" && { scheme }),
    },
    handle: typeof handle === "string" && handle.length <= MOST_HANDLE ? handle || null : null,
  };
}
