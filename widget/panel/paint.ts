/** Gives the store's colour to the style, made legible on every ground that it stands on. */

import { legible, textOn } from "../link/colour";

const DEFAULT = "#2f5d50";
const LIGHT = "#f7f7f5";
const DARK = "#1c1f22";

/** Through the style API alone: the gateway's policy allows no inline style. */
export function paint(page: HTMLElement, accent: string): void {
  const colour = /^#[0-9a-f]{6}$/i.test(accent) ? accent : DEFAULT;
  page.style.setProperty("--accent", colour);
  page.style.setProperty("--on-accent", textOn(colour));
  page.style.setProperty("--accent-ink-light", legible(colour, LIGHT));
  page.style.setProperty("--accent-ink-dark", legible(colour, DARK));
}
