/** A rule in plain words: what stands in the cells of its row, and in the list of changes. */

import { locale } from "../words";
import type { Channel, Draft, Price, Quiet, Rule, Span } from "./document";
import { WHAT, WHERE } from "./document";
import { format } from "./duration";
import { inWords } from "./windows";
import { capital, either, say, word } from "./words";

/** The parts of a rule by column; empty: it always fits, or changes nothing. */
export interface Parts {
  readonly where: string;
  readonly who: string;
  readonly what: string;
  /** One line each. */
  readonly when: readonly string[];
  /** Null: the usual ladder. */
  readonly ladder: readonly string[] | null;
}

export function nameOf(rule: Rule, index: number): string {
  return rule.name?.trim() || say("rules.unnamed", { n: index + 1 });
}

export function partsOf(rule: Rule): Parts {
  const staff = rule.side === "staff";
  return {
    where: staff ? "" : where(rule),
    who: staff ? say("cell.team") : who(rule),
    what: staff ? "" : what(rule),
    when: when(rule),
    ladder: rule.ladder ?? null,
  };
}

/** What stands in the cells of a row. */
export function cellsOf(rule: Rule): Parts {
  const staff = rule.side === "staff";
  const { where, who, what, when, ladder } = partsOf(rule);
  const lines =
    rule.delay === null || rule.delay === undefined ? [delayInWords(null), ...when] : when;
  return {
    where: staff ? "–" : capital(where || say("cell.anywhere")),
    who: capital(who || say("cell.anyone")),
    what: capital(what || say(staff ? "cell.unanswered" : "cell.anything")),
    when: lines.map((line, index) => (index === 0 ? capital(line) : line)),
    ladder,
  };
}

/** The whole rule in one line: what it asks for, and what it then changes. */
export function inOneLine(rule: Rule): string {
  const { where, who, what, when, ladder } = partsOf(rule);
  const channels = ladder === null ? "" : ladderInWords(ladder);
  const told = [who, where, what, ...when, channels].filter(Boolean);
  return told.join("; ") || say("change.rule.empty");
}

export function ladderInWords(ladder: readonly string[]): string {
  const names = ladder.map((channel) => word("channel", channel));
  return names.join(`, ${say("cell.ladder.then")} `) || say("cell.ladder.none");
}

/** Kept on one line: "30" at its end and "s" on the next is read twice. */
export function spanInWords(span: Span): string {
  return typeof span === "number" ? format(span).replaceAll(" ", "\u00a0") : span;
}

/** How a rule's own delay is told, or that it has none. */
export function delayInWords(delay: Span | null | undefined): string {
  if (delay === null || delay === undefined) return say("cell.delay.usual");
  return delay === 0 ? say("cell.delay.none") : say("cell.delay", { span: spanInWords(delay) });
}

export function quietInWords(quiet: Quiet): string {
  const told = Object.entries(quiet).filter(([, windows]) => windows.length > 0);
  const alike = new Map<string, string[]>();
  for (const [channel, windows] of told) {
    const hours = windows.map(inWords).join(", ");
    alike.set(hours, [...(alike.get(hours) ?? []), word("channel", channel)]);
  }
  const lines = [...alike].map(([hours, channels]) =>
    say("cell.quiet.channel", { channel: channels.join(", "), hours }),
  );
  return lines.join("; ") || say("cell.quiet.none");
}

/** What a channel costs, over all countries that have a price of their own. */
export function priceInWords(channel: string, draft: Draft): string {
  const known = draft.prices.filter(({ channel: name }) => name === channel).map(amount);
  const prices = known.filter((price) => Number.isFinite(price));
  const [least, most] = [Math.min(...prices), Math.max(...prices)];
  if (prices.length === 0 || most === 0) return say("price.free");
  const currency = String(draft.fields.currency);
  const price =
    least === most
      ? money(least, currency)
      : say("price.many", { least: money(least, currency), most: money(most, currency) });
  return say(channel === ("sms" satisfies Channel) ? "price.sms" : "price.message", { price });
}

/** What a price is the price of. */
export function priceless({ channel, country }: Price): string {
  const where = country === "*" ? say("price.elsewhere") : country;
  return say("price.of", { channel: word("channel", channel), where });
}

export function money(amount: number, currency: string): string {
  // Prices of a text are fractions of a cent.
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: amount < 1 ? 4 : 2 };
  try {
    const how = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
    return new Intl.NumberFormat(locale, { ...how, ...digits }).format(amount);
  } catch {
    // Somebody is still typing the currency's three letters.
    return `${amount} ${currency}`;
  }
}

function amount({ price }: Price): number {
  return typeof price === "number" ? price : Number.NaN;
}

function where(rule: Rule): string {
  const places = WHERE.filter((name) => rule.where?.includes(name)).map((name) =>
    word("where", name),
  );
  const pages = rule.pages?.length ? say("cell.onPages", { pages: either(rule.pages) }) : "";
  return [either(places), pages].filter(Boolean).join(", ");
}

function who(rule: Rule): string {
  const parts: string[] = [];
  if (rule.known !== null && rule.known !== undefined) {
    parts.push(say(rule.known ? "cell.known" : "cell.unknown"));
  }
  if (rule.proven?.length) {
    const channels = either(rule.proven.map((channel) => word("address", channel)));
    parts.push(say("cell.proven", { channels }));
  }
  return parts.join(", ");
}

function what(rule: Rule): string {
  const told = WHAT.filter((name) => rule.what?.includes(name)).map((name) => word("what", name));
  return either(told);
}

function when(rule: Rule): string[] {
  const lines: string[] = [];
  if (rule.delay !== null && rule.delay !== undefined) lines.push(delayInWords(rule.delay));
  if (rule.longest !== null && rule.longest !== undefined) {
    lines.push(say("cell.longest", { span: spanInWords(rule.longest) }));
  }
  if (rule.open !== null && rule.open !== undefined) {
    lines.push(say(rule.open ? "cell.open" : "cell.closed"));
  }
  if (rule.quiet) lines.push(say("cell.quiet", { quiet: quietInWords(rule.quiet) }));
  return lines;
}
