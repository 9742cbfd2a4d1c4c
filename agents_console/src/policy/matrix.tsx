/** The planning table: a row per rule, the first that fits decides; the last rows are for the rest. */

import { useRef } from "preact/hooks";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { cellsOf, nameOf } from "./cells";
import { usePolicy } from "./context";
import type { Row } from "./document";
import { type Box, placeAt, startCarrying } from "./drag";
import { ElseRow, StaffElseRow } from "./else-rows";
import { LadderCell } from "./ladder";
import { countOf } from "./problems";
import { RuleEditor } from "./rule-editor";
import { add, duplicate, move, without } from "./table";
import { capital, say, sayMany } from "./words";

/** Where, who, what, when and channel, with the handle and name before and the actions after. */
export const COLUMNS = 8;
export const ADD_ID = "add-rule";

export function nameId(key: number | string): string {
  return `rule-name-${key}`;
}

export function Matrix() {
  const { room, open, news } = usePolicy();
  const body = useRef<HTMLTableSectionElement>(null);
  const rows = room.shown.value.rules;
  const boxes = (): readonly Box[] =>
    [...(body.current?.querySelectorAll("tr.rule") ?? [])].map((tr) => tr.getBoundingClientRect());
  const shift = (key: number, to: number) => {
    const all = room.draft.value.rules;
    const from = all.findIndex((row) => row.key === key);
    const target = Math.min(Math.max(to, 0), all.length - 1);
    const row = all[from];
    if (!row || target === from) return;
    room.edit(({ rules }) => ({ rules: move(rules, from, target) }));
    const name = nameOf(row.rule, from);
    news.value = say("rules.moved", { name, n: target + 1, all: all.length });
  };
  return (
    <section class="matrix" aria-labelledby="rules-title">
      <header class="matrix-head">
        <h2 id="rules-title">{say("rules.label")}</h2>
        <p class="muted">{say("intro")}</p>
        {!room.locked.value && (
          <button id={ADD_ID} type="button" class="button" onClick={() => addRule(room, open)}>
            <Icon name="plus" /> {say("rules.add")}
          </button>
        )}
      </header>
      <p class="hidden" role="status">
        {news.value}
      </p>
      <table class="rules">
        <colgroup>
          {["handle", "name", "where", "who", "what", "when", "channel", "actions"].map((name) => (
            <col key={name} class={`col-${name}`} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col" colSpan={2}>
              {say("rules.name")}
            </th>
            <th scope="col">{say("column.where")}</th>
            <th scope="col">{say("column.who")}</th>
            <th scope="col">{say("column.what")}</th>
            <th scope="col">{say("column.when")}</th>
            <th scope="col">{say("column.channel")}</th>
            <th scope="col">
              <span class="hidden">{say("rules.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row, index) => (
            <RuleRow
              key={row.key}
              row={row}
              index={index}
              all={rows.length}
              onShift={(to) => shift(row.key, to)}
              onCarry={() =>
                startCarrying((y) => {
                  const from = room.draft.value.rules.findIndex((each) => each.key === row.key);
                  shift(row.key, placeAt(boxes(), from, y));
                })
              }
            />
          ))}
          {rows.length === 0 && (
            <tr class="no-rules">
              <td colSpan={COLUMNS}>{say("rules.none")}</td>
            </tr>
          )}
        </tbody>
        <tbody class="else">
          <ElseRow />
          <StaffElseRow />
        </tbody>
      </table>
    </section>
  );
}

function addRule(
  room: ReturnType<typeof usePolicy>["room"],
  open: ReturnType<typeof usePolicy>["open"],
): void {
  room.edit(({ rules }) => ({ rules: add(rules) }));
  const key = room.draft.value.rules[0]?.key ?? null;
  open.value = key;
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('[data-field="rules[0].name"] input')?.focus(),
  );
}

interface RowProps {
  row: Row;
  index: number;
  all: number;
  onShift(to: number): void;
  onCarry(): void;
}

function RuleRow({ row, index, all, onShift, onCarry }: RowProps) {
  const { room, open } = usePolicy();
  const locked = room.locked.value;
  const name = nameOf(row.rule, index);
  const isOpen = open.value === row.key;
  const toggle = () => {
    open.value = isOpen ? null : row.key;
  };
  const cells = cellsOf(row.rule);
  const wrong = countOf(room.problems.value, `rules[${index}]`);
  const usual = row.rule.side === "staff" ? "staff_ladder" : "ladder";
  return (
    <>
      <tr
        class={`rule ${isOpen ? "is-open" : ""} ${wrong > 0 ? "is-wrong" : ""}`}
        onClick={(event) => {
          if (!(event.target as Element).closest("button")) toggle();
        }}
      >
        <td class="rule-handle">
          {!locked && (
            <button
              type="button"
              class="plain square handle"
              aria-label={say("rules.move", { name, n: index + 1, all })}
              onPointerDown={(event) => {
                if (event.button === 0) onCarry();
              }}
              onKeyDown={(event) => {
                const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
                if (step === undefined) return;
                event.preventDefault();
                onShift(index + step);
                // A row that moves takes its button out of the page for a moment.
                const handle = event.currentTarget;
                requestAnimationFrame(() => handle.focus());
              }}
            >
              <Icon name="grip" size={20} />
            </button>
          )}
        </td>
        <th scope="row">
          <button
            id={nameId(row.key)}
            type="button"
            class="rule-name"
            aria-expanded={isOpen}
            onClick={toggle}
          >
            <span class="rule-number">{index + 1}</span>
            <bdi>{name}</bdi>
          </button>
          {wrong > 0 && <span class="wrong">{sayMany("rules.wrong", wrong)}</span>}
        </th>
        <td data-label={say("column.where")}>{cells.where}</td>
        <td data-label={say("column.who")}>{cells.who}</td>
        <td data-label={say("column.what")}>{cells.what}</td>
        <td data-label={say("column.when")}>
          {cells.when.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </td>
        <td data-label={say("column.channel")}>
          {cells.ladder === null ? (
            <UsualLadder field={usual} />
          ) : (
            <LadderCell ladder={cells.ladder} />
          )}
        </td>
        <td class="rule-actions">
          {!locked && <RowActions row={row} index={index} name={name} />}
        </td>
      </tr>
      {isOpen && (
        <tr class="rule-open">
          <td colSpan={COLUMNS}>
            <RuleEditor row={row} index={index} />
          </td>
        </tr>
      )}
    </>
  );
}

function UsualLadder({ field }: { field: string }) {
  const { room } = usePolicy();
  return (
    <>
      <p class="muted small">{capital(say("cell.ladder.usual"))}</p>
      <LadderCell ladder={room.shown.value.fields[field] as readonly string[]} />
    </>
  );
}

function RowActions({ row, index, name }: { row: Row; index: number; name: string }) {
  const { desk } = useRoom();
  const { room, open } = usePolicy();
  const copy = () => {
    const called = (each: string) => say("rules.copy", { name: each });
    room.edit(({ rules }) => ({ rules: duplicate(rules, row.key, called) }));
    open.value = room.draft.value.rules[index + 1]?.key ?? null;
  };
  const remove = () => {
    const before = room.draft.value.rules;
    room.edit(({ rules }) => ({ rules: without(rules, row.key) }));
    desk.toast.value = {
      words: say("rules.deleted", { name }),
      undo: () => room.edit(() => ({ rules: before })),
    };
    const next = room.draft.value.rules[Math.min(index, room.draft.value.rules.length - 1)];
    requestAnimationFrame(() => document.getElementById(next ? nameId(next.key) : ADD_ID)?.focus());
  };
  return (
    <>
      <button
        type="button"
        class="plain square"
        aria-label={say("rules.duplicate", { name })}
        title={say("rules.duplicate", { name })}
        onClick={copy}
      >
        <Icon name="copy" />
      </button>
      <button
        type="button"
        class="plain square"
        aria-label={say("rules.delete", { name })}
        title={say("rules.delete", { name })}
        onClick={remove}
      >
        <Icon name="bin" />
      </button>
    </>
  );
}
