/** When something may go at the earliest: what is most often meant, or any time. */

import { useId, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { moment, present } from "../time";
import { say } from "../words";
import { type Choice, choices, fieldValue, fromField, MOST_AHEAD, ownZone } from "./wish";

interface NotBeforeProps {
  title?: string;
  take?: string;
  /** What is most often meant, when that is something else than for an answer. */
  choices?: (at: number) => readonly Choice[];
  /** What else is to be known of the zones. */
  zones?: string;
  /** The same time where somebody else is, when that is another one. */
  elsewhere?(at: number): string | null;
  onChoose(until: number): void;
  onClose(): void;
}

export function NotBeforeDialog(props: NotBeforeProps) {
  const { onChoose, onClose, elsewhere } = props;
  const [opened] = useState(present);
  const [value, setValue] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [field, zone, trouble] = [useId(), useId(), useId()];
  const typed = fromField(value, opened);
  const chosen = typeof typed === "number" ? typed : null;
  const take = () => {
    const until = fromField(value, present());
    if (typeof until === "number") onChoose(until);
    else setWrong(until);
  };
  return (
    <Dialog title={props.title ?? say("later.title")} onClose={onClose}>
      <div class="later">
        <ul class="later-choices">
          {(props.choices ?? choices)(opened).map(({ words, until }, at) => (
            <li key={words}>
              <button
                type="button"
                class="button"
                autofocus={at === 0}
                onClick={() => onChoose(until)}
              >
                <span>{words}</span>{" "}
                <span class="muted">
                  {moment(until, opened)}
                  {elsewhere?.(until) && <> · {elsewhere(until)}</>}
                </span>
              </button>
            </li>
          ))}
        </ul>
        <form
          class="field"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            take();
          }}
        >
          <label for={field}>{say("later.other")}</label>
          <span class="field-row">
            <input
              id={field}
              type="datetime-local"
              value={value}
              min={fieldValue(opened)}
              max={fieldValue(opened + MOST_AHEAD)}
              aria-describedby={wrong ? `${trouble} ${zone}` : zone}
              aria-invalid={wrong !== null}
              onInput={(event) => {
                setValue(event.currentTarget.value);
                setWrong(null);
              }}
            />
            <button type="submit" class="button">
              {props.take ?? say("later.take")}
            </button>
          </span>
        </form>
        <p id={trouble} class="field-wrong" role="alert">
          {wrong}
        </p>
        <p id={zone} class="small muted">
          {elsewhere && chosen !== null && <>{elsewhere(chosen)} </>}
          {props.zones ?? say("later.zone", { zone: ownZone() })}
        </p>
      </div>
    </Dialog>
  );
}
