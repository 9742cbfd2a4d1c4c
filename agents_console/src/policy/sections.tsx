/** Everything that is not a rule, in calm sections below the table. */

import type { ComponentChildren } from "preact";
import { AddButton, RemoveButton } from "./buttons";
import { usePolicy } from "./context";
import type { Quiet } from "./document";
import { Several, TextField } from "./fields";
import { HoursList } from "./hours-field";
import { kindOf } from "./kinds";
import { PageGroups } from "./page-groups";
import { PolicyField } from "./policy-field";
import { Prices } from "./prices";
import { countOf } from "./problems";
import { QuietList } from "./quiet";
import { label, say } from "./words";

const OFTEN = ["cap", "spacing", "digest", "patience"] as const;
const SPENDING = ["spend_a_day", "spend_a_day_each", "sms_most_segments"] as const;
const PROOF = ["prove_first_sms", "prove_first_email"] as const;

/** Shown in the table's last rows or in a section of their own; all others are the fine print. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...OFTEN,
  ...SPENDING,
  ...PROOF,
  ...["reading", "on_page", "hidden", "gone", "elsewhere", "longest_gone", "longest"],
  ...["staff_first", "staff_first_present", "rung", "answer_within"],
  ...["ladder", "staff_ladder", "on_call", "zone", "hours", "holidays", "quiet"],
  ...["currency", "prices", "page_groups", "rules"],
]);

export function Sections() {
  const { room } = usePolicy();
  return (
    <fieldset class="sections" disabled={room.locked.value}>
      <legend class="hidden">{say("title")}</legend>
      <Section title={say("section.hours")}>
        <Zone />
        <OpeningHours />
        <Holidays />
      </Section>
      <Section title={say("section.quiet")}>
        <QuietHours />
      </Section>
      <Section title={say("section.pages")}>
        <PageGroups />
      </Section>
      <Section title={say("section.often")}>
        <Fields names={OFTEN} />
      </Section>
      <Section title={say("section.prices")}>
        <Prices />
        <Fields names={SPENDING} />
      </Section>
      <Section title={say("section.countries")}>
        <Countries />
      </Section>
      <Section title={say("section.proof")}>
        <Fields names={PROOF} />
      </Section>
      <Section title={say("section.team")}>
        <OnCall />
      </Section>
      <FinePrint />
    </fieldset>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="topic">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fields({ names }: { names: readonly string[] }) {
  return (
    <div class="grid">
      {names.map((name) => (
        <PolicyField key={name} name={name} />
      ))}
    </div>
  );
}

/** Whatever lists countries: the gateway says which fields do. */
function Countries() {
  const { properties } = usePolicy().room.fact.value.schema;
  return (
    <Fields
      names={Object.keys(properties).filter((name) => kindOf(properties[name]) === "countries")}
    />
  );
}

function useList(name: string): readonly string[] {
  const { room } = usePolicy();
  return (room.shown.value.fields[name] ?? []) as readonly string[];
}

function Zone() {
  const { room } = usePolicy();
  return (
    <TextField
      path="zone"
      label={label("zone")}
      about="zone"
      value={String(room.shown.value.fields.zone)}
      list={Intl.supportedValuesOf("timeZone")}
      onChange={(zone) => room.set("zone", zone.trim())}
    />
  );
}

function OpeningHours() {
  const { room } = usePolicy();
  return (
    <Several path="hours" label={label("hours")} about="hours">
      <HoursList
        windows={useList("hours")}
        fresh="Mon,Tue,Wed,Thu,Fri 09:00-18:00"
        none={say("hours.always")}
        add={say("hours.add")}
        onChange={(hours) => room.set("hours", hours)}
      />
    </Several>
  );
}

function Holidays() {
  const { room } = usePolicy();
  const days = useList("holidays");
  const put = (index: number, day: string) =>
    room.set(
      "holidays",
      days.map((each, at) => (at === index ? day : each)),
    );
  return (
    <Several path="holidays" label={label("holidays")} about="holidays">
      {days.length === 0 && <p class="muted small">{say("holidays.none")}</p>}
      <ul class="listed days-off">
        {days.map((day, index) => (
          <li key={index}>
            <input
              type="date"
              aria-label={label("holidays")}
              value={day}
              onChange={(event) => put(index, event.currentTarget.value)}
            />
            <RemoveButton
              label={say("holidays.remove", { day })}
              onClick={() =>
                room.set(
                  "holidays",
                  days.filter((_, at) => at !== index),
                )
              }
            />
          </li>
        ))}
      </ul>
      <AddButton
        words={say("holidays.add")}
        onClick={() => room.set("holidays", [...days, nextDay(days)])}
      />
    </Several>
  );
}

/** The day after the last one, so that Boxing Day is one press; else New Year. */
function nextDay(days: readonly string[]): string {
  const last = [...days].sort().at(-1);
  const from = last ? Date.parse(`${last}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(from)) return `${new Date().getUTCFullYear() + 1}-01-01`;
  return new Date(from + 86_400_000).toISOString().slice(0, 10);
}

function QuietHours() {
  const { room } = usePolicy();
  return (
    <Several path="quiet" label={label("quiet")} about="quiet" alone>
      <QuietList
        quiet={(room.shown.value.fields.quiet ?? {}) as Quiet}
        onChange={(quiet) => room.set("quiet", quiet)}
      />
    </Several>
  );
}

function OnCall() {
  const { room } = usePolicy();
  const names = useList("on_call");
  const put = (next: readonly string[]) => room.set("on_call", next);
  return (
    <Several path="on_call" label={label("on_call")} about="on_call">
      {names.length === 0 && <p class="muted small">{say("names.none")}</p>}
      <ol class="listed">
        {names.map((name, index) => (
          <li key={index}>
            <input
              type="email"
              dir="ltr"
              aria-label={say("names.mailbox", { n: index + 1 })}
              value={name}
              onInput={(event) => {
                const typed = event.currentTarget.value.trim();
                put(names.map((each, at) => (at === index ? typed : each)));
              }}
            />
            <RemoveButton
              label={say("names.remove", { name })}
              onClick={() => put(names.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ol>
      <AddButton words={say("names.add")} onClick={() => put([...names, ""])} />
    </Several>
  );
}

function FinePrint() {
  const { room } = usePolicy();
  const { fields } = room.shown.value;
  const names = Object.keys(room.fact.value.schema.properties).filter(
    (name) => !ELSEWHERE.has(name) && typeof fields[name] !== "object",
  );
  const problems = room.problems.value;
  const wrong = names.some((name) => countOf(problems, name) > 0);
  return (
    <details class="topic fine" {...(wrong ? { open: true } : {})}>
      <summary>
        <h2>{say("section.fine")}</h2>
        <span class="muted">{say("section.fine.says")}</span>
      </summary>
      <Fields names={names} />
    </details>
  );
}
