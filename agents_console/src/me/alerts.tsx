/** What this computer does when something happens elsewhere than before one's eyes. */

import { useId, useState } from "preact/hooks";
import { chime } from "../../../widget/panel/ringing";
import { askToNotify, mayNotify } from "../together/notices";
import type { KeptWishes } from "../together/wishes";
import { say } from "../words";

const MINUTES = [0, 15, 30, 60] as const;

export function HereAlerts({ wishes }: { wishes: KeptWishes }) {
  const id = useId();
  const [refused, setRefused] = useState<string | null>(null);
  const { notify, words, sound, away } = wishes.now.value;
  const notifies = notify && mayNotify();

  async function switchNotify(on: boolean): Promise<void> {
    const granted = on && (await askToNotify());
    wishes.keep({ notify: granted });
    const none = !("Notification" in globalThis);
    setRefused(on && !granted ? say(none ? "me.alerts.none" : "me.alerts.refused") : null);
  }

  return (
    <section>
      <h3>{say("me.alerts")}</h3>
      <div class="own-alerts">
        <Tick
          words={say("me.alerts.notify")}
          on={notifies}
          onSwitch={(on) => void switchNotify(on)}
        />
        <p class="field-wrong" role="alert">
          {refused}
        </p>
        {notifies && (
          <Tick
            words={say("me.alerts.words")}
            on={words}
            onSwitch={(on) => wishes.keep({ words: on })}
          />
        )}
        <Tick
          words={say("me.alerts.sound")}
          on={sound}
          onSwitch={(on) => {
            wishes.keep({ sound: on });
            // So that one knows what it is, and how loud.
            if (on) chime();
          }}
        />
        <div class="field">
          <label for={id}>{say("me.alerts.away")}</label>
          <select
            id={id}
            value={String(away)}
            onChange={(event) => wishes.keep({ away: Number(event.currentTarget.value) })}
          >
            {MINUTES.map((minutes) => (
              <option key={minutes} value={String(minutes)}>
                {say(`me.alerts.away.${minutes}`)}
              </option>
            ))}
          </select>
        </div>
      </div>
    </section>
  );
}

interface TickProps {
  words: string;
  on: boolean;
  onSwitch(on: boolean): void;
}

function Tick({ words, on, onSwitch }: TickProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
      <span>{words}</span>
    </label>
  );
}
