/** Countries as people type them, two letters each, and by their names. */

import { locale } from "../words";

const NAMES = new Intl.DisplayNames(locale, { type: "region", fallback: "none" });

/** "de, at" and "DE AT" are the same two. */
export function readCountries(text: string): readonly string[] {
  const found = text.toUpperCase().split(/[\s,;]+/);
  return [...new Set(found.filter((each) => each !== ""))];
}

export function writeCountries(countries: readonly string[]): string {
  return countries.join(", ");
}

/** "Germany", or null for two letters that are no country's. */
export function countryName(code: string): string | null {
  return /^[A-Z]{2}$/.test(code) ? (NAMES.of(code) ?? null) : null;
}

/** "Germany, Austria": what is no country stands there as it was typed. */
export function countriesInWords(countries: readonly string[]): string {
  return countries.map((code) => countryName(code) ?? code).join(", ");
}
