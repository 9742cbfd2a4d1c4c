import { useId, useState } from "preact/hooks";
import type { Question } from "../../link/protocol.gen";
import { usePart, useRoom } from "../context";
import { useProblem } from "../Problem";
import type * as Reach from "../reaching";
import { Asks } from "./Asks";
import { waysFor, wordsOf } from "./when";

const MOST_ANSWER = 500;

/** One question of the store's. */
export function QuestionCard({ question, reach }: { question: Question; reach: typeof Reach }) {
  const { room } = usePart();
  const { view, asked } = useRoom();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const problem = useProblem("answer", wrong);
  const words = wordsOf(view);
  const { id: name, kind, ask, needed, choices } = question;
  const ways = waysFor(question, view);

  const say = (value: string | null) => room.ask({ t: "answer", question: name, value });
  const change = (value: string) => {
    setTyped(value);
    setWrong(null);
    room.forgive();
  };
  if (ways.length > 0) {
    return (
      <section class="card asks" aria-label={ask}>
        <h2 dir="auto">{ask}</h2>
        <reach.AddressForm only={ways} />
        {!needed && (
          <button type="button" class="link" disabled={asked !== null} onClick={() => say(null)}>
            {words.skip}
          </button>
        )}
      </section>
    );
  }
  const about = { "aria-invalid": problem !== null, "aria-describedby": id };
  return (
    <Asks
      id={id}
      problem={problem}
      go={words.next}
      onGo={() => {
        const value = typed.trim();
        if (value) say(value);
        else setWrong(kind === "choice" ? words.pick : words.wanted);
      }}
      out={!needed && words.skip}
      onOut={() => say(null)}
    >
      {kind === "choice" ? (
        <fieldset class="picks" {...about}>
          <legend dir="auto">{ask}</legend>
          {choices.map((choice) => (
            <label class="pick" key={choice}>
              <input
                type="radio"
                name={`${id}pick`}
                checked={typed === choice}
                onChange={() => change(choice)}
              />
              <span dir="auto">{choice}</span>
            </label>
          ))}
        </fieldset>
      ) : (
        <label class="field">
          <span class="ask" dir="auto">
            {ask}
          </span>
          <input
            dir={typed ? "auto" : undefined}
            maxLength={MOST_ANSWER}
            value={typed}
            {...about}
            onInput={(event) => change(event.currentTarget.value)}
          />
        </label>
      )}
    </Asks>
  );
}
