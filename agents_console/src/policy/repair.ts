/** Leads to what has to be repaired, wherever on the screen it stands. */

import type { Screen } from "./context";

/** Opens the row or section of the first thing that is wrong, and puts the focus there. */
export function showFirst({ room, open }: Screen): void {
  const field = [...room.problems.value.keys()][0];
  if (field === undefined) return;
  const rule = /^rules\[(\d+)\]/.exec(field);
  const row = rule ? room.draft.value.rules[Number(rule[1])] : undefined;
  if (row) open.value = row.key;
  else open.value = LAST_ROWS.find(({ fields }) => fields.includes(field))?.row ?? open.value;
  requestAnimationFrame(() => focusOn(field));
}

export const ELSE_FIELDS = [
  ...["reading", "on_page", "hidden", "gone", "elsewhere"],
  ...["longest_gone", "longest", "ladder"],
];
export const STAFF_FIELDS = [
  ...["staff_first", "staff_first_present", "rung", "answer_within", "staff_ladder"],
];

const LAST_ROWS = [
  { row: "else", fields: ELSE_FIELDS },
  { row: "staff", fields: STAFF_FIELDS },
] as const;

/** A part of a field stands in the field: the nearest that is on the page. */
function focusOn(field: string): void {
  const boxes = [...document.querySelectorAll<HTMLElement>("[data-field]")];
  const near = boxes
    .filter(({ dataset }) => field.startsWith(dataset.field ?? ""))
    .sort((a, b) => (b.dataset.field ?? "").length - (a.dataset.field ?? "").length)[0];
  const box = near ?? boxes[0];
  const marked = box?.querySelector<HTMLElement>(".is-wrong input, [aria-invalid=true]");
  const control = marked ?? box?.querySelector<HTMLElement>("input, select, textarea, button");
  control?.scrollIntoView({ block: "center" });
  control?.focus({ preventScroll: true });
}
