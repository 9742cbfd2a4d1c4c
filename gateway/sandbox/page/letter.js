// A mail's own HTML, in a frame where no script can run and nothing of this page can be reached.

import { el } from "./dom.js";

const SAFE = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
const BASE = '<!doctype html><meta charset="utf-8"><base target="_blank"><style>body{margin:12px;font:14px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%}</style>';

/** The frame; it grows to the mail's height, which is why it is same-origin. Scripts stay off. */
export function frame(letter) {
  const node = el("iframe", {
    sandbox: SAFE,
    title: `Mail: ${letter.subject || "no subject"}`,
    referrerpolicy: "no-referrer",
    srcdoc: BASE + letter.html,
  });
  node.addEventListener("load", () => {
    const root = node.contentDocument?.documentElement;
    if (root) node.style.height = `${Math.min(root.scrollHeight, 1200)}px`;
  });
  return node;
}
