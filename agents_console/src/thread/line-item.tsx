/** One thing that hangs on the line. */

import { Icon } from "../icons";
import type { Which } from "../place";
import { clock, dayName, full, now } from "../time";
import { type Key, say } from "../words";
import { DeliveryItem } from "./delivery-line";
import type { Line } from "./lines";
import { MessageItem, NoteItem } from "./message";

interface LineProps {
  line: Line;
  where: Which;
  mark: "sent" | "seen" | null;
  /** Own words that have not left: they can be changed or taken back. */
  mine: boolean;
}

export function LineItem({ line, where, mark, mine }: LineProps) {
  switch (line.is) {
    case "day":
      return <DayItem at={line.at} />;
    case "message":
      return (
        <MessageItem entry={line.entry} first={line.first} mine={mine} where={where} mark={mark} />
      );
    case "note":
      return <NoteItem entry={line.entry} first={line.first} mine={mine} />;
    case "event":
      return (
        <li class="line event" data-seq={line.entry.seq}>
          <span class="node" />
          <p class="line-words">
            <bdi>{line.words}</bdi> <At at={line.entry.at} />
          </p>
        </li>
      );
    case "knot":
      return (
        <li class="line knot">
          <span class="node">
            <Icon name={line.channel} size={14} />
          </span>
          <p class="line-words">
            <bdi>
              {say(`${line.name ? "knot.by" : "knot"}.${line.channel}` as Key, { name: line.name })}
            </bdi>{" "}
            <At at={line.at} />
          </p>
        </li>
      );
    case "delivery":
      return <DeliveryItem delivery={line.delivery} knot={line.knot} storeId={where.storeId} />;
  }
}

export function At({ at }: { at: number }) {
  return (
    <time class="at" dateTime={new Date(at).toISOString()} title={full(at)}>
      {clock(at)}
    </time>
  );
}

function DayItem({ at }: { at: number }) {
  return (
    <li class="line day">
      <span class="day-name">{dayName(at, now.value)}</span>
    </li>
  );
}
