/** When an agent may be told: hours of the week, in a zone. */

import { useId, useState } from "preact/hooks";
import { useOnce } from "../once";
import { HoursList } from "../policy/hours-field";
import { readHours, writeHours } from "../policy/windows";
import { say } from "../words";
import { hereZone, type Own, zones } from "./own";

interface HoursProps {
  own: Own;
  /** Null when kept, else why not. */
  onKeep(hours: readonly string[], zone: string): Promise<string | null>;
}

const WORKING = "Mon-Fri 09:00-18:00";

export function OwnHours({ own, onKeep }: HoursProps) {
  const here = hereZone();
  const [kept, setKept] = useState({ hours: own.hours, zone: own.zone });
  const [hours, setHours] = useState(kept.hours);
  const [zone, setZone] = useState(kept.zone);
  const [said, setSaid] = useState<{ words: string; wrong: boolean } | null>(null);
  const [busy, once] = useOnce();
  const changed = zone !== kept.zone || !alike(hours, kept.hours);

  async function keep(): Promise<void> {
    const wrong = trouble(hours) ?? (await onKeep(hours, zone));
    setSaid({ words: wrong ?? say("me.hours.kept"), wrong: wrong !== null });
    if (wrong === null) setKept({ hours, zone });
  }

  return (
    <section>
      <h3>{say("me.hours")}</h3>
      <form
        class="own-hours"
        onSubmit={(event) => {
          event.preventDefault();
          if (changed) void once(keep);
        }}
      >
        <HoursList
          windows={hours}
          fresh={WORKING}
          none={say("me.hours.any")}
          add={say(hours.length === 0 ? "me.hours.set" : "me.hours.more")}
          onChange={(next) => {
            setHours(next);
            setSaid(null);
          }}
        />
        <Zone
          zone={zone}
          here={here}
          onChange={(next) => {
            setZone(next);
            setSaid(null);
          }}
        />
        <p class="dialog-acts">
          <span class="field-wrong" role="alert">
            {said?.wrong && said.words}
          </span>
          <span class="muted" role="status">
            {said && !said.wrong && said.words}
          </span>
          <button type="submit" class="primary" aria-disabled={!changed || busy}>
            {say("me.hours.keep")}
          </button>
        </p>
      </form>
    </section>
  );
}

interface ZoneProps {
  zone: string;
  here: string;
  onChange(zone: string): void;
}

function Zone({ zone, here, onChange }: ZoneProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{say("me.zone")}</label>
      <select id={id} value={zone} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{say("me.zone.store")}</option>
        {zones(zone, here).map((name) => (
          <option key={name} value={name}>
            {name.replaceAll("_", " ")}
          </option>
        ))}
      </select>
      {zone !== here && (
        <button type="button" class="plain small" onClick={() => onChange(here)}>
          {say("me.zone.here", { zone: here.replaceAll("_", " ") })}
        </button>
      )}
    </div>
  );
}

/** "Mon-Fri …" and "Mon,Tue,… …" are the same hours. */
export function alike(some: readonly string[], others: readonly string[]): boolean {
  const one = (text: string) => {
    const hours = readHours(text);
    return hours ? writeHours(hours) : text;
  };
  return some.map(one).join() === others.map(one).join();
}

export function trouble(hours: readonly string[]): string | null {
  return hours.some((text) => readHours(text)?.days.length === 0) ? say("me.hours.no-day") : null;
}
