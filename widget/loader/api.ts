/**
 * What a shop's page may call, and what it is told. `docs/widget-api.md` is made of this file: each
 * member is one row of a table there.
 */

/** Calls: `Onethread('name', …)`, before the script has loaded as well as after. */
export interface Calls {
  /** Begin. Only needed with `data-start="manual"`: before it nothing is stored or requested. */
  start: [];
  /** Open the panel, on a page that is not hidden from it. */
  open: [];
  /** Shut the panel. A conversation goes on. */
  close: [];
  /** Say who the shopper is: `{token}`, a JWT signed by your server, or a claim that nothing relies on. */
  identify: [who: Token | Claims];
  /** Tell of something that the shopper did, for the agents to see. */
  track: [name: string, data?: object];
  /** Set facts about the shopper, for the agents to see. `null` removes one. */
  set: [facts: Record<string, string | number | boolean | null>];
  /** Forget who this is: call it when the shopper signs out. */
  reset: [];
  /** Be told of an event; see below. */
  on: [event: keyof Events, listener: (detail?: never) => void];
  /** Speak another language than that of the page: a tag such as `de` or `pt-BR`. */
  setLocale: [tag: string];
}

/** Events: `Onethread('on', 'name', (detail) => …)`. */
export interface Events {
  /** The button is there. Who asks later is told at once. */
  ready: undefined;
  /** The panel opened. */
  open: undefined;
  /** The panel shut. */
  close: undefined;
  /** How many answers have not been seen, for a badge of your own. */
  unread: number;
}

/** Attributes of the script tag; each wins over the store's own setting. */
export interface Attributes {
  /** The store's key; the one attribute that must be there. */
  key: string;
  /** `manual`: wait for `Onethread('start')`, for example until a consent banner was answered. */
  start: "manual";
  /** The colour of button and panel, `#rrggbb`. */
  accent: string;
  /** Rounding of the panel's corners in pixels; 16 unless told. */
  radius: string;
  /** `light`, `dark` or `auto`: as the shopper's device has it, which is the default. */
  scheme: "light" | "dark" | "auto";
  /** `left` or `right`; the end of the line in the shop's language unless told. */
  position: "left" | "right";
  /** Pixels from that side; 20 unless told. */
  x: string;
  /** Pixels from the bottom; 20 unless told. */
  y: string;
  /** `off`: unread answers are not counted in your page's title, "(2) Acme Shoes". */
  title: "on" | "off";
  /** Paths without the chat, with commas between: `/checkout*, /cart`. A star at the end means all that begin so. */
  hide: string;
  /** A CSS selector of your own button or link: ours is not shown, and a click on yours opens the panel. */
  launcher: string;
  /** The path of your one-line service worker for notifications, see `push.md`. */
  worker: string;
}

/** Who the shopper is, by the word of your server: HS256, with `sub`, `exp` and `aud` = the store's key. */
export interface Token {
  token: string;
}

/** Who the shopper says they are. Agents see it marked as not proven; it opens nothing. */
export interface Claims {
  [name: string]: string | number | boolean;
}
