/** The matrix as a list of rows: pure moves, so that mouse, keyboard and tests make the same. */

import type { Group, Keyed, Row, Rule } from "./document";
import { freshKey } from "./document";

/** The row at `from` comes to stand at `to`; an end stays an end. */
export function move<T>(rows: readonly T[], from: number, to: number): readonly T[] {
  const target = Math.min(Math.max(to, 0), rows.length - 1);
  const moved = rows[from];
  if (moved === undefined || target === from) return rows;
  const others = rows.filter((_, index) => index !== from);
  return [...others.slice(0, target), moved, ...others.slice(target)];
}

/** A new row comes first: a rule that stood below others might never count. */
export function add(rows: readonly Row[], rule: Rule = {}): readonly Row[] {
  return [{ key: freshKey(), rule }, ...rows];
}

/** The copy stands right below, and is called so. */
export function duplicate(
  rows: readonly Row[],
  key: number,
  called: (name: string) => string,
): readonly Row[] {
  return rows.flatMap((row) => {
    if (row.key !== key) return [row];
    const name = row.rule.name ? { name: called(row.rule.name) } : {};
    return [row, { key: freshKey(), rule: { ...row.rule, ...name } }];
  });
}

export function without<T extends Keyed>(rows: readonly T[], key: number): readonly T[] {
  return rows.filter((row) => row.key !== key);
}

export function changed<T extends Keyed>(
  rows: readonly T[],
  key: number,
  changes: Partial<T>,
): readonly T[] {
  return rows.map((row) => (row.key === key ? { ...row, ...changes } : row));
}

export function ruled(rows: readonly Row[], key: number, changes: Partial<Rule>): readonly Row[] {
  return rows.map((row) => (row.key === key ? { ...row, rule: { ...row.rule, ...changes } } : row));
}

/** Rules go by a group's name: they follow when it is called something else. */
export function renamed(rows: readonly Row[], from: string, to: string): readonly Row[] {
  return rows.map((row) => {
    const pages = row.rule.pages;
    if (!pages?.includes(from)) return row;
    return {
      ...row,
      rule: { ...row.rule, pages: pages.map((page) => (page === from ? to : page)) },
    };
  });
}

/** A name for a new group that no other has. */
export function freeName(groups: readonly Group[], wanted: string): string {
  const taken = new Set(groups.map(({ name }) => name));
  let name = wanted;
  for (let n = 2; taken.has(name); n += 1) name = `${wanted} ${n}`;
  return name;
}

/** A rule that says nothing of the shopper, for one that is now for the team. */
export function forSide(rule: Rule, side: "shopper" | "staff"): Rule {
  if (side === "shopper") return { ...rule, side };
  const { where, pages, known, proven, what, quiet, ...rest } = rule;
  return { ...rest, side };
}
