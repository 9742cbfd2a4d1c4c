import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { RatingAsked } from "../../link/protocol.gen";
import { usePart, useRoom } from "../context";
import { useLostFocus } from "../focus";
import { useProblem } from "../Problem";
import { Asks } from "./Asks";
import { wordsOf } from "./when";

type Name = 1 | 2 | 3 | 4 | 5;

const MOST_COMMENT = 1_000;
/** Which of the five words each step is called by, the worst first. */
const NAMES: Readonly<Record<number, readonly Name[]>> = {
  2: [2, 4],
  3: [2, 3, 4],
  4: [1, 2, 4, 5],
  5: [1, 2, 3, 4, 5],
};

/** How did it go? Quiet, at the end of what is done, and gone when it is not wanted. */
export function RatingCard({ rating }: { rating: RatingAsked }) {
  const words = wordsOf(useRoom().view);
  const [changing, setChanging] = useState(false);
  // It came back as it was given.
  useEffect(() => setChanging(false), [rating.score, rating.said]);
  return rating.score === null || changing ? (
    <RatingForm rating={rating} onSame={() => setChanging(false)} />
  ) : (
    <Thanks>
      <Face at={NAMES[rating.steps]?.[rating.score - 1] ?? 3} />
      <span>
        {words.thanks}{" "}
        <button type="button" class="link" onClick={() => setChanging(true)}>
          {words.change}
        </button>
      </span>
    </Thanks>
  );
}

function Thanks({ children }: { children: ComponentChildren }) {
  return (
    <p class="card settled thanks" tabIndex={-1} ref={useLostFocus<HTMLParagraphElement>()}>
      {children}
    </p>
  );
}

function RatingForm({ rating, onSame }: { rating: RatingAsked; onSame(): void }) {
  const { room } = usePart();
  const { view } = useRoom();
  const id = useId();
  const [score, setScore] = useState(rating.score);
  const [said, setSaid] = useState(rating.said);
  const problem = useProblem("rate", null);
  const words = wordsOf(view);
  const { seq } = rating;

  return (
    <Asks
      id={id}
      problem={problem}
      go={score !== null && words.send}
      onGo={() => {
        const comment = said.trim();
        if (score === rating.score && comment === rating.said) onSame();
        else if (score !== null) room.ask({ t: "rate", seq, score, comment });
      }}
      out={words.later}
      onOut={() => {
        if (rating.score !== null) onSame();
        else room.ask({ t: "rate", seq, score: null, comment: "" });
      }}
    >
      <fieldset class="steps" aria-describedby={id}>
        <legend>{words.rate}</legend>
        {NAMES[rating.steps]?.map((name, place) => (
          <label class="step" key={name}>
            <input
              type="radio"
              class="hush"
              name={`${id}step`}
              checked={score === place + 1}
              onChange={() => {
                setScore(place + 1);
                room.forgive();
              }}
            />
            <Face at={name} />
            {words[`r${name}`]}
          </label>
        ))}
      </fieldset>
      {rating.comment && score !== null && (
        <label class="field">
          <span class="label">{words.comment}</span>
          <textarea
            class="long"
            rows={2}
            dir={said ? "auto" : undefined}
            maxLength={MOST_COMMENT}
            value={said}
            onInput={(event) => setSaid(event.currentTarget.value)}
          />
        </label>
      )}
    </Asks>
  );
}

/** From 1, a mouth turned down, to 5. */
function Face({ at }: { at: Name }) {
  return (
    <svg class="drawn" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="10" />
      <path d={`M8.5 9v.1M15.5 9v.1M7.5 ${18.5 - at}Q12 ${8.5 + at * 2.5} 16.5 ${18.5 - at}`} />
    </svg>
  );
}
