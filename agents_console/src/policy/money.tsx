/** An amount of money: a bound of the policy, beside the currency that the document names. */

import { usePolicy } from "./context";
import { Field, useTyped } from "./fields";
import { label, say } from "./words";

/** A number, or what was typed when it is none: that stays until it is one. */
export function readAmount(text: string): number | string {
  const plain = text.trim().replace(",", ".");
  return /^\d*\.?\d+$|^\d+\.$/.test(plain) ? Number(plain) : plain;
}

/** Left empty there is no bound. */
export function MoneyField({ name }: { name: string }) {
  const { room } = usePolicy();
  const { fields } = room.shown.value;
  const value = fields[name];
  const shown = value === null || value === undefined ? "" : String(value);
  const typed = useTyped(shown, (text) => {
    room.set(name, text.trim() === "" ? null : readAmount(text));
  });
  const currency = String(fields.currency);
  return (
    <Field path={name} label={label(name)} about={name}>
      {(control) => (
        <span class="amount">
          <input
            {...control}
            class="short"
            type="text"
            inputMode="decimal"
            dir="ltr"
            autocomplete="off"
            placeholder={say("money.none")}
            {...typed}
          />
          <bdi>{currency}</bdi>
        </span>
      )}
    </Field>
  );
}
