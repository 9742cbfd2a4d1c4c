/** How one policy differs from another, in words: what is read before it is put in force. */

import {
  inOneLine,
  ladderInWords,
  money,
  nameOf,
  partsOf,
  priceless,
  quietInWords,
  spanInWords,
} from "./cells";
import { countryName } from "./countries";
import type { Draft, Price, Quiet, Row, Rule, Span } from "./document";
import { same, short } from "./document";
import type { Kinds } from "./kinds";
import { dayInWords, inWords } from "./windows";
import { told as named, say, word } from "./words";

/** Empty when both say the same. */
export function changes(was: Draft, is: Draft, kinds: Kinds): readonly string[] {
  if (same(was, is)) return [];
  const found = [
    ...rules(was.rules, is.rules),
    ...fields(was, is, kinds),
    ...prices(was, is),
    ...groups(was, is),
  ];
  // Whatever else there may be between them, somebody is told that there is something.
  return found.length > 0 ? found : [say("change.other")];
}

function fields(was: Draft, is: Draft, kinds: Kinds): string[] {
  const names = new Set([...Object.keys(was.fields), ...Object.keys(is.fields)]);
  return [...names].flatMap((name) => {
    const [before, after] = [was.fields[name], is.fields[name]];
    const item = itemOf(name, kinds);
    if (item) return lists(name, (before ?? []) as string[], (after ?? []) as string[], item);
    return instead(named(name), told(name, is, kinds), told(name, was, kinds));
  });
}

type Told = (item: string) => string;
const LISTS: Readonly<Record<string, Told>> = {
  hours: inWords,
  holidays: dayInWords,
  on_call: String,
};

/** How the items of a list are told; undefined for what is no list of such. */
function itemOf(name: string, kinds: Kinds): Told | undefined {
  const country: Told = (code) => countryName(code) ?? code;
  return kinds.get(name) === "countries" ? country : LISTS[name];
}

function lists(name: string, was: readonly string[], is: readonly string[], words: Told): string[] {
  const what = named(name);
  const more = is.filter((item) => !was.includes(item)).map(words);
  const less = was.filter((item) => !is.includes(item)).map(words);
  if (more.length + less.length === 0) {
    return instead(what, is.map(words).join(", "), was.map(words).join(", "));
  }
  return [
    ...(more.length > 0 ? [say("change.more", { what, list: more.join(", ") })] : []),
    ...(less.length > 0 ? [say("change.less", { what, list: less.join(", ") })] : []),
  ];
}

function instead(what: string, is: string, was: string): string[] {
  return is === was ? [] : [say("change.from", { what, is, was })];
}

/** A field's value in words. */
function told(name: string, { fields }: Draft, kinds: Kinds): string {
  const value = fields[name];
  const kind = kinds.get(name);
  if (kind === "span") return spanInWords(value as Span);
  if (kind === "money") {
    return typeof value === "number" ? money(value, String(fields.currency)) : say("money.none");
  }
  if (name === "ladder" || name === "staff_ladder") return ladderInWords(value as string[]);
  if (name === "quiet") return quietInWords(value as Quiet);
  if (typeof value === "string" && (name.startsWith("prove_first") || name === "unfocused")) {
    return word("choice", value);
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

interface Pair {
  readonly was: number;
  readonly is: number;
}

/** Which rule is which: the same words, else the same name, else all the same but for its name. */
function pairs(was: readonly Row[], is: readonly Row[]): Pair[] {
  const found: Pair[] = [];
  const alike: ((one: Rule, other: Rule) => boolean)[] = [
    (one, other) => wording(one) === wording(other),
    (one, other) => Boolean(one.name) && one.name === other.name,
    (one, other) => wording({ ...one, name: "" }) === wording({ ...other, name: "" }),
  ];
  for (const test of alike) {
    is.forEach((row, index) => {
      if (found.some((pair) => pair.is === index)) return;
      const before = was.findIndex(
        (old, at) => !found.some((pair) => pair.was === at) && test(old.rule, row.rule),
      );
      if (before >= 0) found.push({ was: before, is: index });
    });
  }
  return found.sort((a, b) => a.is - b.is);
}

function rules(was: readonly Row[], is: readonly Row[]): string[] {
  const known = pairs(was, is);
  const found: string[] = [];
  is.forEach(({ rule }, index) => {
    const pair = known.find((each) => each.is === index);
    const name = nameOf(rule, index);
    if (!pair) {
      found.push(say("change.rule.new", { name, rule: inOneLine(rule) }));
      return;
    }
    const before = was[pair.was]?.rule ?? {};
    if (wording(before) === wording(rule)) return;
    found.push(...renamed(before, rule, pair), ...reworded(before, rule, name));
  });
  was.forEach(({ rule }, index) => {
    if (known.some((pair) => pair.was === index)) return;
    found.push(say("change.rule.gone", { name: nameOf(rule, index) }));
  });
  if (known.some((pair, place) => pair.was < (known[place - 1]?.was ?? -1))) {
    const order = is.map(({ rule }, index) => nameOf(rule, index)).join(", ");
    found.push(say("change.order", { order }));
  }
  return found;
}

function renamed(before: Rule, after: Rule, pair: Pair): string[] {
  if ((before.name ?? "") === (after.name ?? "")) return [];
  const was = nameOf(before, pair.was);
  return [say("change.rule.renamed", { was, name: nameOf(after, pair.is) })];
}

/** Column by column, so that what stays need not be read again. */
function reworded(before: Rule, after: Rule, name: string): string[] {
  const [was, is] = [partsOf(before), partsOf(after)];
  const ladder = (own: readonly string[] | null) =>
    own === null ? say("cell.ladder.usual") : ladderInWords(own);
  return [
    ...instead(name, is.who || say("cell.anyone"), was.who || say("cell.anyone")),
    ...instead(name, is.where || say("cell.anywhere"), was.where || say("cell.anywhere")),
    ...instead(name, is.what || say("cell.anything"), was.what || say("cell.anything")),
    ...instead(name, is.when.join(", ") || USUALLY(), was.when.join(", ") || USUALLY()),
    ...instead(name, ladder(is.ladder), ladder(was.ladder)),
  ];
}

const USUALLY = () => say("cell.delay.usual");

function prices(was: Draft, is: Draft): string[] {
  const found: string[] = [];
  const place = ({ channel, country }: Price) => `${channel} ${country}`;
  const [before, after] = [was, is].map(
    (draft) => new Map(draft.prices.map((price) => [place(price), price])),
  ) as [Map<string, Price>, Map<string, Price>];
  const amount = (price: Price | undefined, draft: Draft) =>
    typeof price?.price === "number"
      ? money(price.price, String(draft.fields.currency))
      : say("change.none");
  for (const [key, price] of new Map([...before, ...after])) {
    found.push(
      ...instead(priceless(price), amount(after.get(key), is), amount(before.get(key), was)),
    );
  }
  return found;
}

function groups(was: Draft, is: Draft): string[] {
  const found: string[] = [];
  for (const { name, paths } of is.groups) {
    const before = was.groups.find((group) => group.name === name);
    const listed = paths.join(" ");
    if (!before) found.push(say("change.group.new", { name, paths: listed }));
    else if (before.paths.join(" ") !== listed) {
      found.push(
        say("change.from", {
          what: say("change.pages", { name }),
          is: listed,
          was: before.paths.join(" "),
        }),
      );
    }
  }
  for (const { name } of was.groups) {
    if (!is.groups.some((group) => group.name === name)) {
      found.push(say("change.group.gone", { name }));
    }
  }
  const kept = was.groups.filter(({ name }) => is.groups.some((group) => group.name === name));
  const now = is.groups.filter(({ name }) => kept.some((group) => group.name === name));
  if (kept.some(({ name }, index) => now[index]?.name !== name)) {
    found.push(say("change.order.groups", { order: is.groups.map(({ name }) => name).join(", ") }));
  }
  return found;
}

function wording(rule: Rule): string {
  return JSON.stringify(short(rule));
}
