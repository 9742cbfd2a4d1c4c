/**
 * The panel's frame on the shop's page: fetched once somebody shows interest, or has a conversation.
 *
 * Tells the panel how the page is, does what the panel says, and hands over what the page called.
 */

import type { Calls } from "./api";
import { type LoaderSays, MARK, type PanelSays } from "./bridge";
import css from "./frame.css?inline";
import type { Shop } from "./shop";

/** A refused frame still fires `load`, so only silence tells. */
const PATIENCE_MS = 10_000;

const CALLS: (keyof Calls)[] = ["identify", "track", "set", "reset"];

/** Put the frame into the page, and keep it in line from now on. */
export function join(shop: Shop): void {
  const { box, button, told, origin, flag, tag, keep } = shop;
  const badge = shop.add(button, "span", { hidden: true });
  const handle = `${flag}:handle`;
  let frame: HTMLIFrameElement | undefined;
  // Set once the frame has left about:blank, which would drop our words with a warning.
  let panel: Window | null | undefined;
  let timer: ReturnType<typeof setTimeout>;
  let address = "";
  let shown = false;
  // The frame is to have the focus once its page is there, unless somebody has gone elsewhere by then.
  // Given to the blank one while that comes, the browser may leave the keys with the shop's page
  // although the panel believes it has them.
  let due = false;
  let back: Element | null = null;
  let add: typeof addEventListener | undefined;

  let unread = 0;
  let prefix = "";
  /** Counts in the page's title. The page may set that at any time: what it set is never lost. */
  const entitle = () => {
    const title = document.querySelector("head title");
    if (!title) return;
    const was = title.textContent;
    const rest = was.replace(prefix, "");
    prefix = unread && shop.config.title !== "off" ? `(${unread}) ` : "";
    if (was !== prefix + rest) title.textContent = prefix + rest;
  };

  const page = (leaving?: unknown) => {
    if (!panel) return;
    const { accent, scheme } = shop.config;
    const says: LoaderSays = {
      [MARK]: 1,
      open: shop.open,
      kept: keep(flag) === "1",
      focus: document.hasFocus(),
      leaving: leaving === true,
      url: location.href.split("#")[0] as string,
      title: document.title.replace(prefix, ""),
      told,
      look: { accent, scheme },
      handle: keep(handle),
    };
    panel.postMessage(says, origin);
  };
  const refused = () => {
    frame?.remove();
    frame = panel = undefined;
    shop.refuse();
  };
  const heard = (event: MessageEvent<PanelSays | null>) => {
    const said = event.data;
    if (event.origin !== origin || !panel || event.source !== panel || !said?.[MARK]) return;
    clearTimeout(timer);
    if (said.close) shop.show(false);
    if (said.kept != null) keep(flag, said.kept ? "1" : "");
    if (said.handle === null) keep(handle, "");
    else if (said.handle) keep(handle, said.handle);
    // A token is gone from the page as soon as the panel has it.
    if (said.heard) while (told.length && (told[0]?.[0] as number) <= said.heard) told.shift();
    if (said.warn) console.warn("Onethread:", said.warn);
    // By the gateway's own file: the shop's page may ask for notifications, the frame may not.
    if (tag.dataset.worker && said.push)
      import(/* @vite-ignore */ `${origin}/widget/push.js`).then((part) => part.push(event, tag));
    if (said.unread != null) {
      badge.textContent = `${said.unread}`;
      badge.hidden = !said.unread;
      unread = said.unread;
      entitle();
      button.ariaDescription = said.words as string;
    }
    // The window may have lost the focus while the frame had it, and no event said so.
    page();
    if (said.unread != null) shop.tell("unread", said.unread);
  };
  const make = () => {
    // No frame is undefined, and no focus null.
    due ||= frame === root.activeElement;
    frame?.remove();
    panel = undefined;
    address = shop.config.panel;
    frame = shop.add(box, "iframe", { title: shop.config.chat, hidden: !shop.open });
    frame.onload = () => {
      panel = frame?.contentWindow;
      const at = document.activeElement;
      if (due && (at === back || at === document.body)) frame?.focus();
      due = false;
      page();
    };
    clearTimeout(timer);
    timer = setTimeout(refused, PATIENCE_MS);
    // Read while the frame is blank: the page may have put its own in place of the browser's.
    add ??= (frame.contentWindow as (Window & typeof globalThis) | null)?.addEventListener;
    frame.src = origin + address;
  };
  const turn = (wanted?: boolean) => {
    entitle();
    for (let i = told.length; i--; ) {
      const [, call] = told[i] as (typeof told)[number];
      if (CALLS.indexOf(call as keyof Calls) < 0) {
        console.warn("Onethread: no such call:", call);
        told.splice(i, 1);
      }
    }
    if (frame ? address !== shop.config.panel : wanted) make();
    if (frame) frame.hidden = !shop.open;
    if (shown !== shop.open) {
      shown = shop.open;
      if (shown) back = document.activeElement;
      due = shown && !panel;
      const own = shop.button.hidden ? (back as HTMLElement | null) : button;
      if (!due) (shown && frame ? frame : own)?.focus?.();
    }
    page();
  };

  if (keep(flag) === "reset" && told[0]?.[1] !== "reset") told.unshift([1, "reset"]);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const root = box.getRootNode() as ShadowRoot;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  shop.lift();
  make();
  const listen = (on: EventTarget, name: string, listener: (event: never) => void) =>
    (add ?? addEventListener).call(on as Window, name, listener as EventListener);
  listen(window, "message", heard);
  listen(window, "keydown", ({ key }: KeyboardEvent) => key === "Escape" && shop.show(false));
  listen(window, "focus", page);
  listen(window, "blur", page);
  listen(document.documentElement, "mouseleave", (event: MouseEvent) => page(event.clientY < 1));
  shop.turn = turn;
  turn();
}
