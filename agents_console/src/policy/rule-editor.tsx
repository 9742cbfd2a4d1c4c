/** One rule, taken apart under the columns of its row. */

import type { ComponentChildren } from "preact";
import { usePolicy } from "./context";
import { CHANNELS, type Quiet, type Row, type Rule, WHAT, WHERE } from "./document";
import { Checks, ChoiceField, Several, SpanField, TextField } from "./fields";
import { LadderField } from "./ladder";
import { QuietList } from "./quiet";
import { forSide, ruled } from "./table";
import { capital, say, word } from "./words";

/** The quiet hours that a rule of its own begins with. */
const NIGHT: Quiet = { sms: ["21:00-08:00"] };

interface EditorProps {
  row: Row;
  index: number;
}

export function RuleEditor({ row, index }: EditorProps) {
  const { room } = usePolicy();
  const { rule, key } = row;
  const path = `rules[${index}]`;
  const set = (changes: Partial<Rule>) =>
    room.edit(({ rules }) => ({ rules: ruled(rules, key, changes) }));
  const shopper = rule.side !== "staff";
  return (
    <fieldset class="editor" disabled={room.locked.value}>
      <legend class="hidden">{say("rules.name")}</legend>
      <div class="editor-head">
        <TextField
          path={`${path}.name`}
          label={say("name")}
          about="rules.name"
          value={rule.name ?? ""}
          onChange={(name) => set({ name })}
        />
        <ChoiceField
          path={`${path}.side`}
          label={say("side")}
          about="rules.side"
          value={rule.side ?? "shopper"}
          options={[
            { value: "shopper", words: say("side.shopper") },
            { value: "staff", words: say("side.staff") },
          ]}
          onChange={(side) =>
            room.edit(({ rules }) => ({
              rules: rules.map((each) =>
                each.key === key
                  ? { ...each, rule: forSide(rule, side === "staff" ? "staff" : "shopper") }
                  : each,
              ),
            }))
          }
        />
        <p class="says">{say("empty.holds")}</p>
      </div>
      <div class="editor-columns">
        {shopper && <Shopper rule={rule} path={path} set={set} />}
        <When rule={rule} path={path} set={set} shopper={shopper} />
        <Column name={say("column.channel")}>
          <OwnLadder rule={rule} path={path} set={set} />
        </Column>
      </div>
    </fieldset>
  );
}

interface PartProps {
  rule: Rule;
  path: string;
  set(changes: Partial<Rule>): void;
}

function Column({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <section class="editor-column">
      <h3>{name}</h3>
      {children}
    </section>
  );
}

function Shopper({ rule, path, set }: PartProps) {
  const { room } = usePolicy();
  const groups = room.shown.value.groups.map(({ name }) => name);
  const lost = (rule.pages ?? []).filter((name) => !groups.includes(name));
  return (
    <>
      <Column name={say("column.where")}>
        <Checks
          path={`${path}.where`}
          label={say("where")}
          about="rules.where"
          chosen={rule.where ?? []}
          options={WHERE.map((value) => ({ value, words: capital(word("where", value)) }))}
          onChange={(where) => set({ where })}
        />
        <Checks
          path={`${path}.pages`}
          label={say("pages")}
          about="rules.pages"
          chosen={rule.pages ?? []}
          options={[
            ...groups.map((value) => ({ value, words: value })),
            ...lost.map((value) => ({ value, words: say("pages.unknown", { name: value }) })),
          ]}
          none={say("pages.none")}
          onChange={(pages) => set({ pages })}
        />
      </Column>
      <Column name={say("column.who")}>
        <Flag
          path={`${path}.known`}
          about="rules.known"
          name="known"
          value={rule.known}
          onChange={(known) => set({ known })}
        />
        <Checks
          path={`${path}.proven`}
          label={say("proven")}
          about="rules.proven"
          chosen={rule.proven ?? []}
          options={CHANNELS.map((value) => ({ value, words: capital(word("channel", value)) }))}
          onChange={(proven) => set({ proven })}
        />
      </Column>
      <Column name={say("column.what")}>
        <Checks
          path={`${path}.what`}
          label={say("what")}
          about="rules.what"
          alone
          chosen={rule.what ?? []}
          options={WHAT.map((value) => ({ value, words: capital(word("what", value)) }))}
          onChange={(what) => set({ what })}
        />
      </Column>
    </>
  );
}

function When({ rule, path, set, shopper }: PartProps & { shopper: boolean }) {
  return (
    <Column name={say("column.when")}>
      <SpanField
        path={`${path}.delay`}
        label={say("delay")}
        about="rules.delay"
        value={rule.delay ?? null}
        usual={say("delay.usual")}
        onChange={(delay) => set({ delay })}
      />
      {shopper && (
        <SpanField
          path={`${path}.longest`}
          label={say("longest")}
          about="rules.longest"
          value={rule.longest ?? null}
          usual={say("delay.usual")}
          onChange={(longest) => set({ longest })}
        />
      )}
      <Flag
        path={`${path}.open`}
        about="rules.open"
        name="open"
        value={rule.open}
        onChange={(open) => set({ open })}
      />
      {shopper && (
        <Several path={`${path}.quiet`} label={say("quiet")} about="rules.quiet">
          <Own
            words={say("quiet.own")}
            on={rule.quiet !== null && rule.quiet !== undefined}
            onChange={(on) => set({ quiet: on ? NIGHT : null })}
          />
          {rule.quiet && <QuietList quiet={rule.quiet} onChange={(quiet) => set({ quiet })} />}
        </Several>
      )}
    </Column>
  );
}

function OwnLadder({ rule, path, set }: PartProps) {
  const { room } = usePolicy();
  const usual = rule.side === "staff" ? "staff_ladder" : "ladder";
  const own = rule.ladder !== null && rule.ladder !== undefined;
  return (
    <>
      <Own
        words={say("ladder.own")}
        on={own}
        onChange={(on) =>
          set({ ladder: on ? (room.shown.value.fields[usual] as readonly string[]) : null })
        }
      />
      {own && (
        <LadderField
          path={`${path}.ladder`}
          label={say("ladder")}
          about="rules.ladder"
          ladder={rule.ladder ?? []}
          onChange={(ladder) => set({ ladder })}
        />
      )}
    </>
  );
}

interface OwnProps {
  words: string;
  on: boolean;
  onChange(on: boolean): void;
}

function Own({ words, on, onChange }: OwnProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{words}</span>
    </label>
  );
}

interface FlagProps {
  path: string;
  about: string;
  name: "known" | "open";
  value: boolean | null | undefined;
  onChange(value: boolean | null): void;
}

/** Yes, no, or no matter. */
function Flag({ path, about, name, value, onChange }: FlagProps) {
  const chosen = value === true ? "yes" : value === false ? "no" : "any";
  return (
    <ChoiceField
      path={path}
      label={say(name)}
      about={about}
      value={chosen}
      options={[
        { value: "any", words: say(`${name}.any`) },
        { value: "yes", words: say(`${name}.yes`) },
        { value: "no", words: say(`${name}.no`) },
      ]}
      onChange={(next) => onChange(next === "any" ? null : next === "yes")}
    />
  );
}
