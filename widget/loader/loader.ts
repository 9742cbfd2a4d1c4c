/**
 * The script on the shop's page: paints a button, and opens the panel when somebody wants it.
 *
 * It holds no words and no tokens: the shop's page can read all that is here. Until there is
 * interest, or a conversation, it makes one request (the store's name and colour) and no more.
 * Every byte is paid on each page of the shop, so what can live in the panel does.
 */

import { loader as ar } from "../panel/words/ar.json";
import { loader as de } from "../panel/words/de.json";
import { loader as en } from "../panel/words/en.json";
import { type LoaderSays, MARK, type PanelSays } from "./bridge";
import css from "./launcher.css?inline";

type Listener = (detail?: unknown) => void;
type Api = ((command: unknown, name?: unknown, listener?: unknown) => void) & {
  q?: Iterable<ArrayLike<unknown>>;
  on?: 1;
};

interface Config {
  name: string;
  accent: string;
  language: string;
  panel: string;
}

/** A refused frame still fires `load`, so only silence tells. */
const PATIENCE_MS = 10_000;

const win = window as unknown as { Onethread?: Api; navigation?: EventTarget };
const tag = document.currentScript as HTMLScriptElement;

function begin(origin: string, key: string): void {
  const listeners: [unknown, Listener][] = [];
  const tell = (event: string, detail?: unknown) => {
    for (const [name, listener] of listeners) if (name === event) listener(detail);
  };
  let wish = false;
  let show = (wanted: boolean) => {
    wish = wanted;
  };
  const queue = win.Onethread?.q ?? [];
  const api: Api = (command, name, listener) => {
    if (command === "on") listeners.push([name, listener as Listener]);
    if (command === "open") show(true);
    if (command === "close") show(false);
  };
  api.on = 1;
  win.Onethread = api;
  for (const call of queue) api(call[0], call[1], call[2]);

  const paint = ({ name, accent, language, panel }: Config) => {
    const words = { ar, de, en }[language.slice(0, 2)] ?? en;
    const title = words.chat.replace("{name}", name);
    const flag = `onethread:${key}`;

    const host = document.createElement("onethread-chat");
    host.style.setProperty("--fill", accent);
    const root = host.attachShadow({ mode: "open" });
    // Not a <style>: the shop's policy may forbid inline styles, and says nothing of these.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];

    const add = <Name extends keyof HTMLElementTagNameMap>(
      parent: Node,
      name: Name,
      properties: Partial<HTMLElementTagNameMap[Name]>,
    ) => parent.appendChild(Object.assign(document.createElement(name), properties));
    const box = add(root, "div", { lang: language, dir: words === ar ? "rtl" : "ltr" });
    const button = add(box, "button", { ariaLabel: title, ariaExpanded: "false" });
    const badge = add(button, "span", { hidden: true });

    let open = false;
    let frame: HTMLIFrameElement | undefined;
    // Set once the frame has left about:blank, which would drop our words with a warning.
    let panelWindow: Window | null | undefined;
    let note: HTMLElement | undefined;
    let timer: ReturnType<typeof setTimeout>;

    const kept = (on?: boolean) => {
      try {
        if (on != null) localStorage.setItem(flag, on ? "1" : "");
        return !!localStorage.getItem(flag);
      } catch {
        // Storage is forbidden: the next page starts without the badge.
        return !!on;
      }
    };
    const page = (leaving?: unknown) => {
      const says: LoaderSays = {
        [MARK]: 1,
        open,
        kept: kept(),
        focus: document.hasFocus(),
        leaving: leaving === true,
        url: location.href.split("#")[0] as string,
        title: document.title,
      };
      panelWindow?.postMessage(says, origin);
    };
    const refused = () => {
      frame?.remove();
      frame = panelWindow = undefined;
      if (open) {
        note = add(box, "p", { role: "alert" });
        add(note, "button", { textContent: words.refused, onclick: load });
      }
    };
    const load = () => {
      note?.remove();
      if (frame) return;
      frame = add(box, "iframe", { title, hidden: !open, src: origin + panel });
      frame.onload = () => {
        panelWindow = frame?.contentWindow;
        page();
      };
      timer = setTimeout(refused, PATIENCE_MS);
    };
    show = (wanted) => {
      if (open === wanted) return;
      open = wanted;
      note?.remove();
      if (open) load();
      if (frame) frame.hidden = !open;
      button.ariaExpanded = `${open}`;
      (open && frame ? frame : button).focus();
      page();
      tell(open ? "open" : "close");
    };

    button.onclick = () => show(!open);
    button.onpointerenter = button.onfocus = load;
    addEventListener("keydown", (event) => event.key === "Escape" && show(false));
    addEventListener("focus", page);
    addEventListener("blur", page);
    document.documentElement.addEventListener("mouseleave", (event) => page(event.clientY < 1));
    // Shops set the title after the address.
    (win.navigation ?? window).addEventListener(
      win.navigation ? "currententrychange" : "popstate",
      () => setTimeout(page, 500),
    );

    addEventListener("message", (event: MessageEvent<PanelSays | null>) => {
      const said = event.data;
      if (event.origin !== origin || event.source !== panelWindow || !said?.[MARK]) return;
      clearTimeout(timer);
      if (said.close) show(false);
      if (said.kept != null) kept(said.kept);
      // By the gateway's own file: the shop's page may ask for notifications, the frame may not.
      if (tag.dataset.worker && said.push)
        import(`${origin}/widget/push.js`).then((part) => part.push(event, tag));
      if (said.unread != null) {
        badge.textContent = `${said.unread}`;
        badge.hidden = !said.unread;
        button.ariaDescription = said.words as string;
        tell("unread", said.unread);
      }
      // The window may have lost the focus while the frame had it, and no event said so.
      page();
    });

    // Beside the body, so that shops which swap their body between pages keep the conversation.
    document.documentElement.appendChild(host);
    if (kept()) load();
    show(wish);
    tell("ready");
  };

  fetch(`${origin}/widget/config?key=${key}`)
    .then((answer) => answer.json())
    .then(paint)
    .catch((why) => console.warn("Onethread:", why));
}

if (!win.Onethread?.on) begin(new URL(tag.src).origin, tag.dataset.key as string);
