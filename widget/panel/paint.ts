/** Gives the store's colour and the shop's scheme to the style, which does the rest. */

/** Through the style API alone: the gateway's policy allows no inline style. */
export function paint({ style }: HTMLElement, accent: string, scheme?: string): void {
  if (/^#[0-9a-f]{6}$/i.test(accent)) style.setProperty("--accent", accent);
  // Anything else leaves it to the device.
  if (scheme === "light" || scheme === "dark") style.colorScheme = scheme;
}
