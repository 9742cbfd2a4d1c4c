/** A field of the policy itself, drawn by what kind of value it holds. */

import { usePolicy } from "./context";
import { countriesInWords, readCountries, writeCountries } from "./countries";
import type { Span } from "./document";
import { ChoiceField, Field, SpanField, TextField, useTyped } from "./fields";
import { kindOf } from "./kinds";
import { MoneyField } from "./money";
import { emptyIs, label, word } from "./words";

export function PolicyField({ name }: { name: string }) {
  const { room } = usePolicy();
  const schema = room.fact.value.schema.properties[name];
  const value = room.shown.value.fields[name];
  const common = { path: name, label: label(name), about: name };
  switch (kindOf(schema)) {
    case "span":
      return (
        <SpanField
          {...common}
          value={value as Span}
          onChange={(next) => room.set(name, next ?? "")}
        />
      );
    case "count":
      return (
        <TextField
          {...common}
          short
          value={String(value)}
          onChange={(text) => room.set(name, /^\s*\d+\s*$/.test(text) ? Number(text) : text)}
        />
      );
    case "choice":
      return (
        <ChoiceField
          {...common}
          value={String(value)}
          options={(schema?.enum ?? []).map((each) => ({
            value: each,
            words: word("choice", each),
          }))}
          onChange={(next) => room.set(name, next)}
        />
      );
    case "money":
      return <MoneyField name={name} />;
    case "countries":
      return <CountriesField name={name} />;
    case "other":
      return (
        <TextField
          {...common}
          value={String(value ?? "")}
          onChange={(text) => room.set(name, text)}
        />
      );
  }
}

/** Typed as letters, and told by name below as soon as they are a country's. */
function CountriesField({ name }: { name: string }) {
  const { room } = usePolicy();
  const chosen = (room.shown.value.fields[name] ?? []) as readonly string[];
  const typed = useTyped(writeCountries(chosen), (text) => room.set(name, readCountries(text)));
  return (
    <Field path={name} label={label(name)} about={name}>
      {(control) => (
        <>
          <input
            {...control}
            type="text"
            autocapitalize="characters"
            autocomplete="off"
            spellcheck={false}
            placeholder={emptyIs(name)}
            {...typed}
          />
          {chosen.length > 0 && (
            <p class="named" dir="auto">
              {countriesInWords(chosen)}
            </p>
          )}
        </>
      )}
    </Field>
  );
}
