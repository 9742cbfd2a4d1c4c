import { useId, useState } from "preact/hooks";
import type { Sentence } from "../link/protocol.gen";
import { useHouse, useRoom } from "./context";
import { Problem, useProblem } from "./Problem";
import { latinDigits, likeMail, likeNumber } from "./reach";

type Way = Sentence["channel"];

/** Type a number or a mailbox, read what one agrees to, agree. */
export function AddressForm() {
  const { room, tongue } = useHouse();
  const { view, asked } = useRoom();
  const { words } = tongue;
  const id = useId();
  const ways = (["sms", "email"] as const).filter((way) => sentenceOf(view.sentences, way));
  const [way, setWay] = useState<Way>(ways[0] ?? "sms");
  const [typed, setTyped] = useState<Record<Way, string>>({ sms: "", email: "" });
  const [wrong, setWrong] = useState<string | null>(null);
  const problem = useProblem("leave_address", wrong);
  const sentence = sentenceOf(view.sentences, way);
  if (!sentence) return null;
  const sms = way === "sms";

  const put = (value: string) => {
    setTyped({ ...typed, [way]: value });
    setWrong(null);
    room.forgive();
  };
  const choose = (next: Way) => {
    setWay(next);
    setWrong(null);
    room.forgive();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const value = sms ? latinDigits(typed.sms).trim() : typed.email.trim();
    if (sms && !likeNumber(value)) setWrong(words.numberWrong);
    else if (!sms && !likeMail(value)) setWrong(words.mailWrong);
    else room.leaveAddress(way, value, sentence.id);
  };
  const field = {
    key: way,
    id: `${id}value`,
    dir: "ltr" as const,
    value: typed[way],
    "aria-invalid": problem !== null,
    "aria-describedby": `${id}about`,
    onInput: (event: { currentTarget: HTMLInputElement }) => put(event.currentTarget.value),
  };
  return (
    // Our own sentences, beside the field and in the store's language, rather than the browser's.
    <form onSubmit={submit} noValidate>
      {ways.length > 1 && (
        <fieldset class="ways">
          <legend class="hush">{words.way}</legend>
          {ways.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name={`${id}way`}
                checked={way === one}
                onChange={() => choose(one)}
              />
              <span class={way === one ? "way on" : "way"}>
                {one === "sms" ? words.byText : words.byMail}
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <label class="field" for={`${id}value`}>
        <span class="label">{sms ? words.number : words.mail}</span>
        {sms ? (
          <input {...field} type="tel" inputMode="tel" autocomplete="tel" />
        ) : (
          <input {...field} type="email" inputMode="email" autocomplete="email" />
        )}
      </label>
      <div id={`${id}about`}>
        <Problem text={problem} />
        {sms && !problem && <p class="hint">{words.numberHint}</p>}
        <p class="consent" dir="auto">
          {sentence.text}
        </p>
      </div>
      <button type="submit" class="primary" disabled={asked !== null}>
        {sms ? words.textMe : words.mailMe}
      </button>
    </form>
  );
}

function sentenceOf(sentences: readonly Sentence[], way: Way): Sentence | undefined {
  return sentences.find((sentence) => sentence.channel === way);
}
