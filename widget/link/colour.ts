/**
 * The store's colour, made legible (WCAG 2.2, 1.4.3 and 1.4.11).
 *
 * Small on purpose: the loader carries `textOn`.
 */

/** Relative luminance of `#rrggbb`, 0 to 1. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Where black and white stand out equally, at 4.58 to 1; so one of them always reaches 4.5. */
const MIDDLE = 0.179;

/** Black or white, whichever reads better on the colour (`#rrggbb`); at least 4.5 to 1. */
export function textOn(accent: string): string {
  return luminance(accent) > MIDDLE ? "#000" : "#fff";
}

/** Between 1 and 21, for two `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** The colour itself, or as little darker or lighter as it takes to stand out from `ground`. */
export function legible(colour: string, ground: string, least = 4.5): string {
  const end = luminance(ground) > MIDDLE ? 0 : 255;
  let found = colour;
  for (let share = 0; share <= 1 && contrast(found, ground) < least; share += 0.02) {
    found = towards(colour, end, share);
  }
  return found;
}

function towards(colour: string, end: number, share: number): string {
  const bytes = [1, 3, 5].map((at) => {
    const byte = Number.parseInt(colour.slice(at, at + 2), 16);
    return Math.round(byte + (end - byte) * share);
  });
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
