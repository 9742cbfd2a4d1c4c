/** The policy as the gateway writes it, and as the screen holds it while somebody edits it. */

export const WHERE = ["reading", "on_page", "hidden", "gone", "elsewhere"] as const;
export const WHAT = ["first_answer", "answer", "follow_up"] as const;
export const CHANNELS = ["sms", "whatsapp", "email", "push", "app"] as const;
/** What has a price: the channels, and a text that brings pictures. */
export const PRICED = [...CHANNELS, "mms"] as const;
export type Where = (typeof WHERE)[number];
export type What = (typeof WHAT)[number];
export type Channel = (typeof CHANNELS)[number];

/** Seconds; a text that is no length of time stays as it was typed until it is one. */
export type Span = number | string;
export type Quiet = Readonly<Record<string, readonly string[]>>;

/** One row of the matrix; what is left out holds always, or changes nothing. */
export interface Rule {
  readonly name?: string;
  readonly side?: "shopper" | "staff";
  readonly where?: readonly string[];
  readonly pages?: readonly string[];
  readonly known?: boolean | null;
  readonly proven?: readonly string[];
  readonly what?: readonly string[];
  readonly open?: boolean | null;
  readonly delay?: Span | null;
  readonly longest?: Span | null;
  readonly ladder?: readonly string[] | null;
  readonly quiet?: Quiet | null;
}

export type Document = Readonly<Record<string, unknown>>;

/** Things of a list that can be moved about: the key stays theirs. */
export interface Keyed {
  readonly key: number;
}
export interface Row extends Keyed {
  readonly rule: Rule;
}
export interface Price extends Keyed {
  readonly channel: string;
  readonly country: string;
  readonly price: number | string;
}
export interface Group extends Keyed {
  readonly name: string;
  readonly paths: readonly string[];
}

/** The document taken apart: tables are lists here, so that two rows may agree while one is typed. */
export interface Draft {
  readonly fields: Document;
  readonly rules: readonly Row[];
  readonly prices: readonly Price[];
  readonly groups: readonly Group[];
}

let lastKey = 0;

/** A key that nothing on this page has. */
export function freshKey(): number {
  lastKey += 1;
  return lastKey;
}

export function toDraft(document: Document): Draft {
  const { rules, prices, page_groups: groups, ...fields } = document;
  const table = (prices ?? {}) as Record<string, Record<string, number>>;
  return {
    fields,
    rules: ((rules ?? []) as Rule[]).map((rule) => ({ key: freshKey(), rule })),
    prices: Object.entries(table).flatMap(([channel, countries]) =>
      Object.entries(countries).map(([country, price]) => ({
        key: freshKey(),
        channel,
        country,
        price,
      })),
    ),
    groups: Object.entries((groups ?? {}) as Record<string, string[]>).map(([name, paths]) => ({
      key: freshKey(),
      name,
      paths,
    })),
  };
}

export function toDocument({ fields, rules, prices, groups }: Draft): Document {
  const table: Record<string, Record<string, number | string>> = {};
  for (const { channel, country, price } of prices) {
    table[channel] = { ...table[channel], [country]: price };
  }
  return {
    ...fields,
    prices: table,
    page_groups: Object.fromEntries(groups.map(({ name, paths }) => [name, paths])),
    rules: rules.map(({ rule }) => short(rule)),
  };
}

/** Whether two drafts say the same, however they came to it. */
export function same(one: Draft, other: Draft): boolean {
  return text(one) === text(other);
}

/** The fields that say something, in one order: what an editor leaves empty was never there. */
export function short(rule: Rule): Rule {
  const entries = Object.entries(rule)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .filter(([name, value]) => !(name in SETS && Array.isArray(value) && value.length === 0))
    .filter(([name, value]) => !(name === "side" && value === "shopper"))
    .map(([name, value]) => [name, name in SETS ? [...(value as string[])].sort() : value]);
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))) as Rule;
}

const SETS: Readonly<Record<string, true>> = { where: true, pages: true, proven: true, what: true };

function text(draft: Draft): string {
  const { rules, prices, page_groups, ...fields } = toDocument(draft);
  return JSON.stringify([sorted(fields), rules, deeper(prices), page_groups]);
}

function sorted(table: Document): [string, unknown][] {
  return Object.entries(table)
    .map(([name, value]): [string, unknown] => [
      name,
      name === "quiet" ? sortedQuiet(value) : value,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A channel without quiet hours is the same as none named. */
function sortedQuiet(value: unknown): [string, unknown][] {
  const table = Object.entries((value ?? {}) as Quiet);
  return table.filter(([, windows]) => windows.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
}

function deeper(prices: unknown): unknown {
  const table = Object.entries(prices as Record<string, Document>);
  return table
    .filter(([, countries]) => Object.keys(countries).length > 0)
    .map(([channel, countries]) => [channel, sorted(countries)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
