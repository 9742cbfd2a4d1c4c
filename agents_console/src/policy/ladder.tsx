/** Channels in the order in which they are tried, each with what it costs. */

import { Icon } from "../icons";
import { AddButton, RemoveButton } from "./buttons";
import { priceInWords } from "./cells";
import { usePolicy } from "./context";
import { CHANNELS } from "./document";
import { Several } from "./fields";
import { move } from "./table";
import { capital, say, word } from "./words";

interface LadderProps {
  path: string;
  label: string;
  about: string;
  ladder: readonly string[];
  onChange(ladder: readonly string[]): void;
}

export function LadderField({ path, label, about, ladder, onChange }: LadderProps) {
  const { room, news } = usePolicy();
  const shift = (index: number, step: number, channel: string) => {
    onChange(move(ladder, index, index + step));
    const n = Math.min(Math.max(index + step, 0), ladder.length - 1) + 1;
    news.value = say("rules.moved", { name: channel, n, all: ladder.length });
  };
  return (
    <Several path={path} label={label} about={about}>
      {ladder.length === 0 && <p class="muted small">{say("ladder.empty")}</p>}
      <ol class="ladder">
        {ladder.map((name, index) => {
          const channel = word("channel", name);
          return (
            <li key={name}>
              <span class="ladder-name">
                {capital(channel)}
                <small class="muted">{priceInWords(name, room.shown.value)}</small>
              </span>
              <button
                type="button"
                class="plain square"
                aria-label={say("ladder.earlier", { channel })}
                title={say("ladder.earlier", { channel })}
                aria-disabled={index === 0}
                onClick={() => shift(index, -1, channel)}
              >
                <Icon name="up" />
              </button>
              <button
                type="button"
                class="plain square turned"
                aria-label={say("ladder.later", { channel })}
                title={say("ladder.later", { channel })}
                aria-disabled={index === ladder.length - 1}
                onClick={() => shift(index, 1, channel)}
              >
                <Icon name="up" />
              </button>
              <RemoveButton
                label={say("ladder.remove", { channel })}
                onClick={() => onChange(ladder.filter((each) => each !== name))}
              />
            </li>
          );
        })}
      </ol>
      <div class="adds">
        {CHANNELS.filter((name) => !ladder.includes(name)).map((name) => (
          <AddButton
            key={name}
            words={capital(word("channel", name))}
            onClick={() => onChange([...ladder, name])}
          />
        ))}
      </div>
    </Several>
  );
}

/** The ladder of a cell: the channels with their prices, one after the other. */
export function LadderCell({ ladder }: { ladder: readonly string[] }) {
  const { room } = usePolicy();
  if (ladder.length === 0) return <>{capital(say("cell.ladder.none"))}</>;
  return (
    <ol class="rungs">
      {ladder.map((name) => (
        <li key={name}>
          {capital(word("channel", name))}{" "}
          <small class="muted">{priceInWords(name, room.shown.value)}</small>
        </li>
      ))}
    </ol>
  );
}
