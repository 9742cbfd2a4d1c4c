import { useEffect, useId, useState } from "preact/hooks";
import { usePart, useRoom } from "./context";
import { listed, type Understood, understood, useCountries } from "./countries";
import { Problem, useProblem } from "./Problem";
import { languageOf, latinDigits, likeNumber, sentenceFor } from "./reach";

/** Long enough for the next digit to come first. */
const PAUSE_MS = 300;

/** Type a number: with its calling code, or in the country that is picked beside it. */
export function PhoneForm({
  way,
  first,
}: {
  way: "sms" | "whatsapp";
  /** Done before the number is left; false keeps it here. */
  first?: (() => boolean) | undefined;
}) {
  const { room, tongue, key } = usePart();
  const { view, asked } = useRoom();
  const { words, say } = tongue;
  const id = useId();
  const countries = useCountries(key);
  const [picked, setPicked] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState<Understood | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const problem = useProblem("leave_address", wrong);
  const value = latinDigits(typed).trim();
  const whole = /^(\+|00)/.test(value);
  const country = (whole && found?.region) || picked || countries?.home || null;
  const code = country ? (countries?.codes[country] ?? "") : "";

  useEffect(() => {
    setFound(null);
    if (!countries || !country || !likeNumber(value)) return;
    let late = false;
    const timer = setTimeout(() => {
      understood(country, value).then(
        (one) => late || setFound(one),
        // It is looked at once more when it is sent.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [value, picked, countries]);

  // What is agreed to depends on the country, be it typed or picked.
  const spelled = whole || !picked ? value : `+${code}${value}`;
  const sentence = sentenceFor(view.sentences, way, spelled);
  if (!sentence) return null;

  const change = () => {
    setWrong(null);
    room.forgive();
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    if (!likeNumber(value)) {
      setWrong(words.refusals.no_number);
      return;
    }
    let last = found;
    if (!last && countries && country) {
      setBusy(true);
      last = await understood(country, value).catch(() => ({
        e164: value,
        shown: "",
        region: null,
      }));
      setBusy(false);
    }
    if (countries && !last) setWrong(words.refusals.no_number);
    else if (!first || first()) {
      room.ask({
        t: "leave_address",
        channel: way,
        value: last?.e164 ?? value,
        sentence_id: sentence.id,
      });
    }
  };
  return (
    // Our own sentences, beside the field and in the store's language, rather than the browser's.
    <form onSubmit={submit} noValidate>
      <div class="field">
        <label class="label" for={`${id}value`}>
          {words.number}
        </label>
        <div class="number" dir="ltr">
          {countries && country && (
            <label class="country">
              <span aria-hidden="true">
                {country} +{code}
              </span>
              <select
                aria-label={words.country}
                value={country}
                onChange={(event) => {
                  setPicked(event.currentTarget.value);
                  change();
                }}
              >
                {listed(countries, tongue.language).map(([one, name]) => (
                  <option key={one} value={one}>
                    {name} +{countries.codes[one]}
                  </option>
                ))}
              </select>
            </label>
          )}
          <input
            id={`${id}value`}
            type="tel"
            inputMode="tel"
            autocomplete="tel"
            dir="ltr"
            value={typed}
            aria-invalid={problem !== null}
            aria-describedby={`${id}about`}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              change();
            }}
          />
        </div>
      </div>
      <div id={`${id}about`}>
        <Problem text={problem} />
        {!problem && (found || !countries) && (
          <p class="hint">
            {found ? say(words.numberRead, { number: found.shown }) : words.numberHint}
          </p>
        )}
        <p class="consent" dir="auto" lang={languageOf(sentence.id)}>
          {sentence.text}
        </p>
      </div>
      <button type="submit" class="primary" disabled={asked !== null || busy}>
        {way === "sms" ? words.textMe : words.whatsappMe}
      </button>
    </form>
  );
}
