/** Hours of the week: days and two times for each stretch. */

import { AddButton, RemoveButton } from "./buttons";
import {
  dayName,
  EVERY_DAY,
  type Hours,
  inWords,
  readHours,
  wholeDayName,
  writeHours,
} from "./windows";
import { say } from "./words";

interface HoursProps {
  windows: readonly string[];
  /** What an added stretch begins as. */
  fresh: string;
  none: string;
  add: string;
  onChange(windows: readonly string[]): void;
}

export function HoursList({ windows, fresh, none, add, onChange }: HoursProps) {
  const put = (index: number, text: string) =>
    onChange(windows.map((each, at) => (at === index ? text : each)));
  return (
    <>
      {windows.length === 0 && <p class="muted small">{none}</p>}
      <ul class="stretches">
        {windows.map((text, index) => (
          <li key={index}>
            <Stretch
              hours={readHours(text) ?? { days: EVERY_DAY, start: "09:00", end: "18:00" }}
              onChange={(hours) => put(index, writeHours(hours))}
            />
            <RemoveButton
              label={say("hours.remove", { hours: inWords(text) })}
              onClick={() => onChange(windows.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ul>
      <AddButton words={add} onClick={() => onChange([...windows, fresh])} />
    </>
  );
}

function Stretch({ hours, onChange }: { hours: Hours; onChange(hours: Hours): void }) {
  const { days, start, end } = hours;
  const toggle = (day: number, on: boolean) => {
    const next = on ? [...days, day].sort((a, b) => a - b) : days.filter((each) => each !== day);
    onChange({ ...hours, days: next });
  };
  return (
    <div class="stretch">
      <fieldset class="days">
        <legend class="hidden">{say("hours.days")}</legend>
        {EVERY_DAY.map((day) => (
          <label key={day} class="day">
            <input
              type="checkbox"
              aria-label={wholeDayName(day)}
              checked={days.includes(day)}
              onChange={(event) => toggle(day, event.currentTarget.checked)}
            />
            <span aria-hidden="true">{dayName(day)}</span>
          </label>
        ))}
      </fieldset>
      <span class="times">
        <Time
          label={say("hours.from")}
          value={start}
          onChange={(at) => onChange({ ...hours, start: at })}
        />
        <span aria-hidden="true">–</span>
        <Time
          label={say("hours.to")}
          value={end}
          onChange={(at) => onChange({ ...hours, end: at })}
        />
      </span>
    </div>
  );
}

interface TimeProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

function Time({ label, value, onChange }: TimeProps) {
  return (
    <input
      type="time"
      aria-label={label}
      // The end of the day is the beginning of the next to a browser.
      value={value === "24:00" ? "00:00" : value}
      onChange={(event) => {
        // Empty: somebody is in the middle of typing.
        if (event.currentTarget.value) onChange(event.currentTarget.value.slice(0, 5));
      }}
    />
  );
}
