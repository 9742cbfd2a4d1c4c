/** The hours in which each channel is left alone. */

import { CHANNELS, type Quiet } from "./document";
import { HoursList } from "./hours-field";
import { capital, say, word } from "./words";

interface QuietProps {
  quiet: Quiet;
  onChange(quiet: Quiet): void;
}

export function QuietList({ quiet, onChange }: QuietProps) {
  return (
    <>
      {CHANNELS.map((channel) => {
        const name = word("channel", channel);
        return (
          <fieldset class="by-channel" key={channel}>
            <legend>{capital(name)}</legend>
            <HoursList
              windows={quiet[channel] ?? []}
              fresh="21:00-08:00"
              none={say("hours.never")}
              add={say("hours.add.for", { what: name })}
              onChange={(windows) => {
                const { [channel]: _, ...others } = quiet;
                onChange(windows.length > 0 ? { ...others, [channel]: windows } : others);
              }}
            />
          </fieldset>
        );
      })}
    </>
  );
}
