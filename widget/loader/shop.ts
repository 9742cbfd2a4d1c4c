/** What the loader and the part that holds the frame share of one shop's page. */

import type { Events } from "./api";
import type { Look, Told } from "./bridge";

/** The gateway's answer, under what the tag says: all of `data-…` wins. */
export interface Config extends Look {
  name: string;
  language: string;
  dir: string;
  /** What the button is called, and what is said when the panel did not come. */
  chat: string;
  refused: string;
  /** The panel's address, in the language that was picked. */
  panel: string;
  radius: string;
  position: string;
  x: string;
  y: string;
  hide: string;
  /** `off`: the page's title is left alone. */
  title?: string;
  launcher?: string;
  worker?: string;
}

export interface Shop {
  origin: string;
  /** Where the page remembers that there is a conversation: `1`, or `reset` until that was done. */
  flag: string;
  tag: HTMLScriptElement;
  told: Told[];
  config: Config;
  box: HTMLElement;
  button: HTMLButtonElement;
  open: boolean;
  add: <Name extends keyof HTMLElementTagNameMap>(
    parent: Node,
    name: Name,
    properties: Partial<HTMLElementTagNameMap[Name]>,
  ) => HTMLElementTagNameMap[Name];
  tell: (event: keyof Events, detail?: unknown) => void;
  show: (wanted: boolean) => void;
  /** Above every z-index, and out of whatever the shop transforms: it costs the page a pass of style. */
  lift: () => void;
  /** Look again at what the page is: its address may have changed. */
  settle: () => void;
  /** The panel did not come: say so, and offer another try. */
  refuse: () => void;
  keep: (name: string, value?: string) => string | null;
  /** Set by the part: bring the frame in line; `frame` when there shall be one. */
  turn?: (frame?: boolean) => void;
}
