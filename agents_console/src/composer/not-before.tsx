/** When something may go at the earliest: what is most often meant, or any time. */

import { useId, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { moment, present } from "../time";
import { say } from "../words";
import { choices, fieldValue, fromField, MOST_AHEAD, ownZone } from "./wish";

interface NotBeforeProps {
  onChoose(until: number): void;
  onClose(): void;
}

export function NotBeforeDialog({ onChoose, onClose }: NotBeforeProps) {
  const [opened] = useState(present);
  const [value, setValue] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [field, zone, trouble] = [useId(), useId(), useId()];
  const take = () => {
    const until = fromField(value, present());
    if (typeof until === "number") onChoose(until);
    else setWrong(until);
  };
  return (
    <Dialog title={say("later.title")} onClose={onClose}>
      <div class="later">
        <ul class="later-choices">
          {choices(opened).map(({ words, until }, at) => (
            <li key={words}>
              <button
                type="button"
                class="button"
                autofocus={at === 0}
                onClick={() => onChoose(until)}
              >
                <span>{words}</span> <span class="muted">{moment(until, opened)}</span>
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
              {say("later.take")}
            </button>
          </span>
        </form>
        <p id={trouble} class="field-wrong" role="alert">
          {wrong}
        </p>
        <p id={zone} class="small muted">
          {say("later.zone", { zone: ownZone() })}
        </p>
      </div>
    </Dialog>
  );
}
