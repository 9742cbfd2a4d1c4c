/** What a text or message costs, by channel and country. */

import { AddButton, RemoveButton } from "./buttons";
import { usePolicy } from "./context";
import { freshKey, PRICED, type Price } from "./document";
import { Several, TextField, useTyped, Wrong } from "./fields";
import { readAmount } from "./money";
import { problemOf } from "./problems";
import { changed, without } from "./table";
import { capital, label, say, word } from "./words";

export function Prices() {
  const { room } = usePolicy();
  const { prices, fields } = room.shown.value;
  const currency = String(fields.currency);
  const add = () =>
    room.edit((draft) => ({
      prices: [
        ...draft.prices,
        { key: freshKey(), channel: "sms", country: free(draft.prices), price: 0 },
      ],
    }));
  return (
    <>
      <TextField
        path="currency"
        label={label("currency")}
        about="currency"
        short
        value={currency}
        onChange={(text) => room.set("currency", text.trim().toUpperCase())}
      />
      <Several path="prices" label={label("prices")} about="prices">
        {prices.length === 0 && <p class="muted small">{say("prices.none")}</p>}
        {prices.length > 0 && (
          <p class="price-heads" aria-hidden="true">
            <span>{say("prices.channel")}</span>
            <span>{say("prices.country")}</span>
            <span>
              {say("prices.price")}, {currency}
            </span>
          </p>
        )}
        <ul class="listed prices">
          {prices.map((price, index) => (
            <PriceRow key={price.key} price={price} index={index} />
          ))}
        </ul>
        <p class="says">{say("prices.country.says")}</p>
        <AddButton words={say("prices.add")} onClick={add} />
      </Several>
    </>
  );
}

function PriceRow({ price, index }: { price: Price; index: number }) {
  const { room } = usePolicy();
  const { key, channel, country, price: amount } = price;
  const wrong = problemOf(room.problems.value, `prices[${index}]`);
  const put = (changes: Partial<Price>) =>
    room.edit(({ prices }) => ({ prices: changed(prices, key, changes) }));
  return (
    <li class={wrong ? "is-wrong" : ""}>
      <select
        aria-label={say("prices.channel")}
        value={channel}
        onChange={(event) => put({ channel: event.currentTarget.value })}
      >
        {PRICED.map((name) => (
          <option key={name} value={name} selected={name === channel}>
            {capital(word("channel", name))}
          </option>
        ))}
      </select>
      <input
        type="text"
        aria-label={say("prices.country")}
        autocomplete="off"
        maxLength={2}
        value={country}
        onInput={(event) => put({ country: event.currentTarget.value.trim().toUpperCase() })}
      />
      <Amount amount={amount} onChange={(next) => put({ price: next })} />
      <RemoveButton
        label={say("prices.remove", { channel: word("channel", channel), country })}
        onClick={() => room.edit(({ prices }) => ({ prices: without(prices, key) }))}
      />
      <Wrong words={wrong} />
    </li>
  );
}

interface AmountProps {
  amount: number | string;
  onChange(amount: number | string): void;
}

function Amount({ amount, onChange }: AmountProps) {
  const typed = useTyped(String(amount), (text) => onChange(readAmount(text)));
  return (
    <input
      type="text"
      inputMode="decimal"
      dir="ltr"
      aria-label={say("prices.price")}
      autocomplete="off"
      {...typed}
    />
  );
}

/** Any other country first; then somebody has to say which. */
function free(prices: readonly Price[]): string {
  const taken = prices.some(({ channel, country }) => channel === "sms" && country === "*");
  return taken ? "" : "*";
}
