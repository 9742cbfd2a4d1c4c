import type { InboxRow } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { rowId } from "../desk/keys";
import { Icon } from "../icons";
import { toHash } from "../place";
import { PresenceDot } from "../presence";
import { full, now, stamp, stretch } from "../time";
import { say, sayMany } from "../words";

/** From here on a wait hurts, and its number gets the colour of attention. */
export const HURTS_MS = 5 * 60_000;

interface RowProps {
  row: InboxRow;
  here: boolean;
  /** The first of those who do not wait. */
  firstQuiet: boolean;
}

export function whom(row: { shopper: string; number: number }): string {
  return row.shopper || say("inbox.number", { number: row.number });
}

export function InboxRowItem({ row, here, firstQuiet }: RowProps) {
  const { desk, drafts } = useRoom();
  const { view } = desk.place.value;
  const open = { storeId: row.store_id, conversationId: row.conversation_id };
  const draft = drafts.all.value.get(row.conversation_id)?.text.trim();
  return (
    <li class={`row-item ${firstQuiet ? "first-quiet" : ""}`}>
      <a
        id={rowId(row.conversation_id)}
        class={`row ${row.unread > 0 ? "unread" : ""}`}
        href={toHash({ view, open })}
        aria-current={here ? "true" : undefined}
      >
        <PresenceDot presence={row.presence} />
        <span class="row-who" dir="auto">
          {whom(row)}
        </span>
        <RowTime row={row} />
        <span class="row-preview" dir="auto">
          {draft && <em class="draft">{say("inbox.draft")} </em>}
          {draft || row.preview}
        </span>
        {row.unread > 0 && (
          <span class="badge">
            {row.unread}
            <span class="hidden"> {sayMany("inbox.unread", row.unread)}</span>
          </span>
        )}
        <RowMarks row={row} />
      </a>
    </li>
  );
}

function RowTime({ row }: { row: InboxRow }) {
  const since = row.waiting_since;
  if (since === null) {
    return (
      <time class="row-time" dateTime={iso(row.last_at)} title={full(row.last_at)}>
        {stamp(row.last_at, now.value)}
      </time>
    );
  }
  const wait = now.value - since;
  return (
    <time
      class={`row-time waits ${wait > HURTS_MS ? "hurts" : ""}`}
      dateTime={iso(since)}
      title={say("inbox.since", { time: full(since) })}
    >
      {say("inbox.waits", { time: stretch(wait) })}
    </time>
  );
}

/** Only what is out of the ordinary: another channel, another's conversation, nobody to reach. */
function RowMarks({ row }: { row: InboxRow }) {
  const { desk } = useRoom();
  const stores = desk.stores.value;
  const several = Object.keys(stores).length > 1;
  const owner = desk.colleagues.value.find((colleague) => colleague.agent_id === row.assignee_id);
  const mine = row.assignee_id === desk.me.agent_id && desk.place.value.view !== "mine";
  if (row.channel === "chat" && !row.unreachable && !owner && !mine && !several) return null;
  return (
    <span class="row-marks">
      {row.unreachable && (
        <span class="mark-unreachable">
          <Icon name="warn" size={14} /> {say("inbox.unreachable")}
        </span>
      )}
      {row.channel !== "chat" && (
        <span>
          <Icon name={row.channel} size={14} /> {say(`channel.${row.channel}`)}
        </span>
      )}
      {(owner || mine) && <span>{mine ? say("inbox.yours") : owner?.name}</span>}
      {several && <span>{stores[row.store_id]}</span>}
    </span>
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
