/**
 * The script on the shop's page: paints a button, and fetches the rest when somebody wants it.
 *
 * It holds no words and no tokens: the shop's page can read all that is here. Until there is
 * interest, or a conversation, it makes one request and no more. Every byte is paid on each page
 * of the shop, so what needs the panel is in `frame.ts`, and what can live in the panel does.
 *
 * The page may have put anything in place of the browser's own functions. What can be said by
 * syntax is: `import()` and loops, for which nobody can put anything else.
 */

import type { Attributes, Calls } from "./api";
import type { Told } from "./bridge";
import css from "./launcher.css?inline";
import type { Config, Shop } from "./shop";

type Api = ((command: keyof Calls, first?: unknown, second?: unknown) => void) & {
  q?: ArrayLike<unknown>[];
  key?: string | undefined;
};

/** What waits for the panel; of more than these, the oldest of what was tracked is forgotten. */
const MOST = 50;

const win = window as unknown as { Onethread?: Api; navigation?: EventTarget };
const tag = document.currentScript as HTMLScriptElement;
const { key, start } = tag.dataset as Partial<Attributes>;

function begin(origin: string, queue: ArrayLike<unknown>[]): void {
  const listeners: [unknown, (detail?: unknown) => void][] = [];
  const told: Told[] = [];
  // The first number is for a reset that an earlier page owes.
  let count = 1;
  let wish = false;
  let begun = false;
  let tries = 0;
  let loading = false;
  let language = document.documentElement.lang;
  let note: HTMLElement | undefined;
  let host: HTMLElement;

  const keep = (name: string, value?: string) => {
    try {
      if (value != null) localStorage.setItem(name, value);
      return localStorage.getItem(name);
    } catch {
      // Storage is forbidden: the next page starts without the badge.
      return value ?? null;
    }
  };
  const load = () => {
    note?.remove();
    if (shop.turn) shop.turn(true);
    else if (!loading) {
      loading = true;
      // A failed import is remembered by its address.
      import(/* @vite-ignore */ `${origin}/widget/frame.js?${tries++}`).then(
        (part) => part.join(shop),
        shop.refuse,
      );
    }
  };
  const shop = {
    origin,
    flag: `onethread:${key}`,
    tag,
    told,
    keep,
    open: false,
    add: (parent, name, properties) =>
      parent.appendChild(Object.assign(document.createElement(name), properties)),
    lift() {
      if (host.popover) return;
      host.popover = "manual";
      host.showPopover?.();
    },
    tell(event, detail) {
      for (let i = 0; i < listeners.length; i++)
        if (listeners[i]?.[0] === event) listeners[i]?.[1](detail);
    },
    show(wanted) {
      wish = wanted;
      shop.settle();
    },
    refuse() {
      loading = false;
      if (!shop.open) return;
      note = shop.add(shop.box, "p", { role: "alert" });
      note.style.width = "auto";
      shop.add(note, "button", { textContent: shop.config.refused, onclick: load });
    },
    settle() {
      const { box, button, config, flag, open } = shop;
      if (!box) return;
      box.hidden = false;
      const paths = config.hide.split(",");
      for (let i = 0; i < paths.length; i++) {
        const [path, star] = (paths[i] as string).trim().split("*") as [string, string?];
        if (star != null ? location.pathname.startsWith(path) : location.pathname === path)
          box.hidden = true;
      }
      shop.open = wish && !box.hidden;
      button.ariaExpanded = `${shop.open}`;
      if (told[0]?.[1] === "reset" && keep(flag) != null) keep(flag, "reset");
      if ((shop.open && !open) || (keep(flag) && !shop.turn)) load();
      shop.turn?.();
      if (shop.open !== open) shop.tell(open ? "close" : "open");
    },
  } as Shop;

  const paint = (answer: Config) => {
    const first = !shop.box;
    const config = { ...answer, ...tag.dataset };
    shop.config = config;
    if (first) {
      host = document.createElement("onethread-chat");
      const set = (name: string, value = "") => host.style.setProperty(`--${name}`, value);
      set("fill", config.accent);
      set("radius", `${config.radius}px`);
      set(config.position, `${config.x}px`);
      set("y", `${config.y}px`);
      const root = host.attachShadow({ mode: "open" });
      // Not a <style>: the shop's policy may forbid inline styles, and says nothing of these.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
      shop.box = shop.add(root, "div", {});
      shop.button = shop.add(shop.box, "button", { hidden: !!config.launcher });
      shop.add(shop.button, "i", {});
      shop.button.onclick = () => shop.show(!shop.open);
      shop.button.onpointerenter = shop.button.onfocus = load;
      if (config.launcher)
        addEventListener("click", ({ target }) => {
          if ((target as Element).closest(config.launcher as string)) shop.show(!shop.open);
        });
      // Shops set the title after the address.
      (win.navigation ?? window).addEventListener(
        win.navigation ? "currententrychange" : "popstate",
        () => {
          shop.settle();
          setTimeout(shop.settle, 500);
        },
      );
      // Beside the body, so that shops which swap their body between pages keep the conversation,
      // and last, so that it is above what has the same z-index.
      document.documentElement.appendChild(host);
    }
    shop.box.lang = config.language;
    shop.box.dir = config.dir;
    shop.button.ariaLabel = config.chat;
    shop.settle();
    if (first) shop.tell("ready");
  };
  const ask = () => {
    begun = true;
    import(/* @vite-ignore */ `${origin}/widget/config?key=${key}&lang=${language}`)
      .then((answer) => paint(answer.default))
      .catch((why) => console.warn("Onethread:", why));
  };

  const api: Api = (command, first, second) => {
    try {
      if (command === "on") {
        listeners.push([first, second as never]);
        if (first === "ready" && shop.box) (second as () => void)();
      } else if (command === "start") begun || ask();
      else if (command === "open" || command === "close") shop.show(command === "open");
      else if (command === "setLocale") {
        language = first as string;
        if (begun) ask();
      } else {
        // Whatever was said before is of somebody else.
        if (command === "reset") told.length = 0;
        told.push([++count, command, structuredClone(first), structuredClone(second)]);
        if (told.length > MOST)
          told.splice(
            told.findIndex((each) => each[1] === "track"),
            1,
          );
        shop.settle();
      }
    } catch (why) {
      console.warn("Onethread:", why);
    }
  };
  api.key = key;
  win.Onethread = api;
  for (let i = 0; i < queue.length; i++) {
    const call = queue[i] as ArrayLike<unknown>;
    api(call[0] as keyof Calls, call[1], call[2]);
  }
  if (start !== "manual") api("start");
}

const there = win.Onethread;
if (!there?.key) begin(new URL(tag.src).origin, there?.q ?? []);
else if (there.key !== key) console.warn("Onethread: one chat per page; ignored:", key);
