/** Puts the panel into the light or the dark that the shop asks for, whatever the device has. */

const DARK = "(prefers-color-scheme: dark)";
const LIGHT = "(prefers-color-scheme: light)";

/** `light` or `dark`; anything else leaves it to the device. */
export function dress(page: Document, scheme: string | undefined): void {
  if (scheme !== "light" && scheme !== "dark") return;
  page.documentElement.style.colorScheme = scheme;
  for (const sheet of page.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const { media } = rule;
      const asked = media.mediaText;
      if (asked !== DARK && asked !== LIGHT) continue;
      media.mediaText = (asked === DARK) === (scheme === "dark") ? "all" : "not all";
    }
  }
}
