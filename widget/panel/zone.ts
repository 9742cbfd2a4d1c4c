/**
 * The browser's time zone as the gateway takes it (IANA).
 *
 * Null for what some systems tell instead, such as "+05:30": it would make the hello no frame.
 */
export function zoneOf(name: string | undefined): string | null {
  return name && /^[A-Za-z0-9_+/-]{1,64}$/.test(name) ? name : null;
}
