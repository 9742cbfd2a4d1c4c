/** The last rows: what holds when no rule fits, for shoppers and for the team. */

import type { ComponentChildren } from "preact";
import { quietInWords, spanInWords } from "./cells";
import { usePolicy } from "./context";
import { type Quiet, type Span, WHERE } from "./document";
import { LadderCell, LadderField } from "./ladder";
import { COLUMNS } from "./matrix";
import { PolicyField } from "./policy-field";
import { countOf } from "./problems";
import { ELSE_FIELDS, STAFF_FIELDS } from "./repair";
import { capital, label, say, sayMany, word } from "./words";

/** The ladder of a row stands beside its lengths of time. */
const isSpan = (name: string) => !name.endsWith("ladder");

export function ElseRow() {
  const { room } = usePolicy();
  const { fields } = room.shown.value;
  const quiet = usualQuiet((fields.quiet ?? {}) as Quiet);
  return (
    <LastRow
      row="else"
      name={say("rules.else")}
      who={capital(say("cell.anyone"))}
      what={capital(say("cell.anything"))}
      where={capital(say("cell.anywhere"))}
      fields={ELSE_FIELDS}
      ladder={fields.ladder as readonly string[]}
      when={
        <>
          <ul class="delays">
            {WHERE.map((name) => (
              <li key={name}>
                <span>{capital(word("where", name))}</span>{" "}
                <bdi class="delay">{spanInWords(fields[name] as Span)}</bdi>
              </li>
            ))}
          </ul>
          <p class="muted small">{quiet}</p>
        </>
      }
    >
      <div class="editor-columns">
        <section class="editor-column wide">
          <h3>{say("section.else.delays")}</h3>
          <div class="grid">
            {ELSE_FIELDS.filter(isSpan).map((name) => (
              <PolicyField key={name} name={name} />
            ))}
          </div>
        </section>
        <section class="editor-column">
          <h3>{say("section.else.ladder")}</h3>
          <LadderField
            path="ladder"
            label={label("ladder")}
            about="ladder"
            ladder={fields.ladder as readonly string[]}
            onChange={(ladder) => room.set("ladder", ladder)}
          />
        </section>
      </div>
    </LastRow>
  );
}

export function StaffElseRow() {
  const { room } = usePolicy();
  const { fields } = room.shown.value;
  const first = spanInWords(fields.staff_first as Span);
  const present = spanInWords(fields.staff_first_present as Span);
  return (
    <LastRow
      row="staff"
      name={say("rules.else.staff")}
      who={capital(say("cell.team"))}
      what={capital(say("cell.unanswered"))}
      where="–"
      fields={STAFF_FIELDS}
      ladder={fields.staff_ladder as readonly string[]}
      when={
        <>
          <p>{capital(say("cell.first", { span: first }))}</p>
          <p>{say("cell.first.present", { span: present })}</p>
        </>
      }
    >
      <div class="editor-columns">
        <section class="editor-column wide">
          <h3>{say("section.else.staff")}</h3>
          <div class="grid">
            {STAFF_FIELDS.filter(isSpan).map((name) => (
              <PolicyField key={name} name={name} />
            ))}
          </div>
        </section>
        <section class="editor-column">
          <h3>{say("column.channel")}</h3>
          <LadderField
            path="staff_ladder"
            label={label("staff_ladder")}
            about="staff_ladder"
            ladder={fields.staff_ladder as readonly string[]}
            onChange={(ladder) => room.set("staff_ladder", ladder)}
          />
        </section>
      </div>
    </LastRow>
  );
}

function usualQuiet(quiet: Quiet): string {
  const any = Object.values(quiet).some((windows) => windows.length > 0);
  return any
    ? say("cell.quiet.usual", { quiet: quietInWords(quiet) })
    : capital(say("cell.quiet.none"));
}

interface LastRowProps {
  row: "else" | "staff";
  name: string;
  where: string;
  who: string;
  what: string;
  when: ComponentChildren;
  ladder: readonly string[];
  /** What is edited here, for counting what is wrong. */
  fields: readonly string[];
  children: ComponentChildren;
}

function LastRow({ row, name, where, who, what, when, ladder, fields, children }: LastRowProps) {
  const { room, open } = usePolicy();
  const isOpen = open.value === row;
  const toggle = () => {
    open.value = isOpen ? null : row;
  };
  const problems = room.problems.value;
  const wrong = fields.reduce((sum, field) => sum + countOf(problems, field), 0);
  return (
    <>
      <tr
        class={`rule last ${isOpen ? "is-open" : ""} ${wrong > 0 ? "is-wrong" : ""}`}
        onClick={(event) => {
          if (!(event.target as Element).closest("button")) toggle();
        }}
      >
        <td class="rule-handle" />
        <th scope="row">
          <button type="button" class="rule-name" aria-expanded={isOpen} onClick={toggle}>
            {name}
          </button>
          {wrong > 0 && <span class="wrong">{sayMany("rules.wrong", wrong)}</span>}
        </th>
        <td data-label={say("column.where")}>{where}</td>
        <td data-label={say("column.who")}>{who}</td>
        <td data-label={say("column.what")}>{what}</td>
        <td data-label={say("column.when")}>{when}</td>
        <td data-label={say("column.channel")}>
          <LadderCell ladder={ladder} />
        </td>
        <td class="rule-actions" />
      </tr>
      {isOpen && (
        <tr class="rule-open">
          <td colSpan={COLUMNS}>
            <fieldset class="editor" disabled={room.locked.value}>
              <legend class="hidden">{name}</legend>
              {children}
            </fieldset>
          </td>
        </tr>
      )}
    </>
  );
}
