/** The fields of the screen: each with its name, its sentence, and what is wrong with it in place. */

import type { ComponentChildren, TargetedEvent } from "preact";
import { useId, useState } from "preact/hooks";
import { Icon } from "../icons";
import { usePolicy } from "./context";
import type { Span } from "./document";
import { format, parse } from "./duration";
import { problemOf } from "./problems";
import { sentence } from "./words";

/** What a control is given, so that it is named, described and marked. */
export interface Control {
  readonly id: string;
  readonly "aria-describedby": string;
  readonly "aria-invalid": boolean;
}

interface FieldProps {
  /** As the gateway names it: "gone", "rules[0].delay". */
  path: string;
  label: string;
  /** The name of its sentence, "rules.delay" for a rule's. */
  about: string;
  children(control: Control): ComponentChildren;
}

export function Field({ path, label, about, children }: FieldProps) {
  const id = useId();
  const wrong = useProblem(path);
  return (
    <div class="setting" data-field={path}>
      <label for={id}>{label}</label>
      {children({
        id,
        "aria-describedby": `${id}-says ${id}-wrong`,
        "aria-invalid": wrong !== null,
      })}
      <Wrong id={`${id}-wrong`} words={wrong} />
      <Says id={`${id}-says`} words={useSays(about)} />
    </div>
  );
}

/** A field of several controls; `alone` under a heading, it needs no name of its own. */
export function Several({
  path,
  label,
  about,
  alone = false,
  children,
}: Omit<FieldProps, "children"> & { alone?: boolean; children: ComponentChildren }) {
  const id = useId();
  return (
    <fieldset class="setting" data-field={path} aria-describedby={`${id}-says ${id}-wrong`}>
      <legend class={alone ? "hidden" : ""}>{label}</legend>
      {children}
      <Wrong id={`${id}-wrong`} words={useProblem(path)} />
      <Says id={`${id}-says`} words={useSays(about)} />
    </fieldset>
  );
}

function Says({ id, words }: { id: string; words: string }) {
  return (
    <p id={id} class="says">
      {words}
    </p>
  );
}

export function Wrong({ id, words }: { id?: string; words: string | null }) {
  return (
    <p id={id} class="wrong" aria-live="polite">
      {words && (
        <>
          <Icon name="warn" /> {words}
        </>
      )}
    </p>
  );
}

function useProblem(path: string): string | null {
  return problemOf(usePolicy().room.problems.value, path);
}

function useSays(name: string): string {
  return sentence(usePolicy().room.fact.value.sentences[name]);
}

/** While somebody types, what they type stands there, and not what we make of it. */
export function useTyped(shown: string, onType: (text: string) => void) {
  const [typed, setTyped] = useState<string | null>(null);
  return {
    value: typed ?? shown,
    onInput(event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) {
      setTyped(event.currentTarget.value);
      onType(event.currentTarget.value);
    },
    onBlur: () => setTyped(null),
  };
}

interface SpanProps {
  path: string;
  label: string;
  about: string;
  value: Span | null;
  /** What an empty field stands for; without it, one is an error. */
  usual?: string;
  onChange(value: Span | null): void;
}

export function SpanField({ path, label, about, value, usual, onChange }: SpanProps) {
  const shown = value === null ? "" : typeof value === "number" ? format(value) : value;
  const typed = useTyped(shown, (text) => {
    const empty = text.trim() === "" && usual !== undefined;
    onChange(empty ? null : (parse(text) ?? text));
  });
  return (
    <Field path={path} label={label} about={about}>
      {(control) => (
        <input
          {...control}
          class="short"
          type="text"
          dir="ltr"
          autocomplete="off"
          placeholder={usual ?? ""}
          {...typed}
        />
      )}
    </Field>
  );
}

interface TextProps {
  path: string;
  label: string;
  about: string;
  value: string;
  list?: readonly string[];
  short?: boolean;
  onChange(value: string): void;
}

export function TextField({ path, label, about, value, list, short, onChange }: TextProps) {
  const listed = useId();
  return (
    <Field path={path} label={label} about={about}>
      {(control) => (
        <>
          <input
            {...control}
            class={short ? "short" : ""}
            type="text"
            autocomplete="off"
            value={value}
            {...(list ? { list: listed } : {})}
            onInput={(event) => onChange(event.currentTarget.value)}
          />
          {list && (
            <datalist id={listed}>
              {list.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

export interface Option {
  readonly value: string;
  readonly words: string;
}

interface ChoiceProps {
  path: string;
  label: string;
  about: string;
  value: string;
  options: readonly Option[];
  onChange(value: string): void;
}

export function ChoiceField({ path, label, about, value, options, onChange }: ChoiceProps) {
  return (
    <Field path={path} label={label} about={about}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface ChecksProps {
  path: string;
  label: string;
  about: string;
  chosen: readonly string[];
  options: readonly Option[];
  alone?: boolean;
  /** What to say when there is nothing to choose. */
  none?: string;
  onChange(chosen: readonly string[]): void;
}

export function Checks({ chosen, options, none, onChange, ...named }: ChecksProps) {
  return (
    <Several {...named}>
      {options.length === 0 && <p class="muted small">{none}</p>}
      {options.map(({ value, words }) => (
        <label class="check" key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, value]
                  : chosen.filter((each) => each !== value),
              )
            }
          />
          <span>{words}</span>
        </label>
      ))}
    </Several>
  );
}
