/** The countries of numbers: their calling codes and spelling from the gateway, their names from the browser. */

import { useEffect, useState } from "preact/hooks";
import { warn } from "./warn";

export interface Countries {
  /** The store's own (ISO 3166). */
  readonly home: string;
  /** Calling codes by country, without the `+`. */
  readonly codes: Readonly<Record<string, string>>;
}

/** A number as the gateway understood it. */
export interface Understood {
  readonly e164: string;
  /** "+44 7700 900123" */
  readonly shown: string;
  readonly region: string | null;
}

let held: Countries | null = null;

/** Null until they are here; without them a number is typed with its calling code. */
export function useCountries(key: string): Countries | null {
  const [countries, setCountries] = useState(held);
  useEffect(() => {
    if (countries) return;
    fetch(`/widget/countries?key=${encodeURIComponent(key)}`)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((found: Countries) => {
        held = found;
        setCountries(found);
      }, warn);
  }, [key, countries]);
  return countries;
}

/** Null while it is no number yet. */
export async function understood(country: string, typed: string): Promise<Understood | null> {
  const answer = await fetch("/widget/number", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ country, typed }),
  });
  return answer.ok ? answer.json() : Promise.reject(answer.status);
}

/** By name in the shopper's language. */
export function listed({ codes }: Countries, language: string): [string, string][] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  const order = new Intl.Collator(language);
  return Object.keys(codes)
    .map((country): [string, string] => [country, names.of(country) ?? country])
    .sort(([, a], [, b]) => order.compare(a, b));
}
