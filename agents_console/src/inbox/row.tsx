import { useComputed } from "@preact/signals";
import type { InboxRow, LabelFact } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { rowId } from "../desk/keys";
import { Icon } from "../icons";
import { toHash, type View } from "../place";
import { PresenceDot } from "../presence";
import { plainWords } from "../thread/plain-words";
import { full, moment, now, stamp, stretch } from "../time";
import { say, sayMany } from "../words";
import { belongs } from "./book";
import { ROW_PX } from "./window";

/** From here on a wait hurts, and its number gets the colour of attention. */
export const HURTS_MS = 5 * 60_000;

interface RowProps {
  row: InboxRow;
  /** Its place in the list from 0, and how long that is; -1 while nobody knows. */
  at: number;
  of: number;
  /** The first of those who do not wait. */
  firstQuiet: boolean;
}

export function whom(row: { shopper: string; number: number }): string {
  return row.shopper || say("inbox.number", { number: row.number });
}

export function InboxRowItem({ row, at, of, firstQuiet }: RowProps) {
  const { desk, drafts } = useRoom();
  const id = row.conversation_id;
  // A row is drawn anew only for what it shows itself: not for each letter of another's draft.
  const here = useComputed(() => desk.place.value.open?.conversationId === id).value;
  const marked = useComputed(() => desk.marked.value.has(id)).value;
  const draft = useComputed(() => plainWords(drafts.all.value.get(id)?.text ?? "")).value;
  const view = useComputed(() => desk.place.value.view).value;
  const open = { storeId: row.store_id, conversationId: id };
  const href = useComputed(() => toHash({ ...desk.place.value, open })).value;
  const left = !belongs(row, view, desk.me.agent_id);
  const state = [firstQuiet && "first-quiet", marked && "marked", left && "left"];
  return (
    <li
      class={`row-item ${state.filter(Boolean).join(" ")}`}
      style={{ transform: `translateY(${at * ROW_PX}px)` }}
      aria-posinset={at + 1}
      aria-setsize={of}
    >
      <label class="row-mark">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={marked}
          aria-label={say("inbox.mark", { who: whom(row) })}
          onClick={(event) => {
            if (event.shiftKey) desk.markTo(id);
            else desk.mark(id);
          }}
        />
      </label>
      <a
        id={rowId(id)}
        class={`row ${row.unread > 0 || row.woken ? "unread" : ""}`}
        href={href}
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
        {row.unread > 0 && !row.blocked && (
          <span class="badge">
            {row.unread}
            <span class="hidden"> {sayMany("inbox.unread", row.unread)}</span>
          </span>
        )}
        <RowMarks row={row} view={view} />
      </a>
    </li>
  );
}

function RowTime({ row }: { row: InboxRow }) {
  const { waiting_since: since, snoozed_until: until } = row;
  if (until !== null && row.state === "open") {
    return (
      <time class="row-time" dateTime={iso(until)} title={full(until)}>
        {say("inbox.until", { time: moment(until, now.value) })}
      </time>
    );
  }
  if (since === null || row.blocked) {
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
function RowMarks({ row, view }: { row: InboxRow; view: View }) {
  const { desk } = useRoom();
  const stores = desk.stores.value;
  const several = Object.keys(stores).length > 1;
  const owner = desk.colleagues.value.find((colleague) => colleague.agent_id === row.assignee_id);
  const mine = row.assignee_id === desk.me.agent_id && view !== "mine";
  const labels = row.labels.flatMap(
    (id) => desk.labels.value.find((each) => each.label_id === id) ?? [],
  );
  const named = row.mentions.some((each) => each.agent_id === desk.me.agent_id && !each.seen);
  return (
    <span class="row-marks">
      {row.woken && (
        <span class="mark-woken">
          <Icon name="snoozed" size={14} /> {say("inbox.woken")}
        </span>
      )}
      {named && (
        <span class="mark-woken">
          <Icon name="mentions" size={14} /> {say("inbox.named")}
        </span>
      )}
      {row.blocked && (
        <span>
          <Icon name="blocked" size={14} /> {say("inbox.blocked")}
        </span>
      )}
      {row.unreachable && !row.blocked && (
        <span class="mark-unreachable">
          <Icon name="warn" size={14} /> {say("inbox.unreachable")}
        </span>
      )}
      {row.channel !== "chat" && (
        <span>
          <Icon name={row.channel} size={14} /> {say(`channel.${row.channel}`)}
        </span>
      )}
      {row.rating && (
        <span class={row.rating.score * 2 <= row.rating.steps ? "mark-unreachable" : undefined}>
          {say("inbox.rated", { score: row.rating.score, steps: row.rating.steps })}
        </span>
      )}
      {(owner || mine) && <span>{mine ? say("inbox.yours") : owner?.name}</span>}
      {labels.map((label) => (
        <LabelMark key={label.label_id} label={label} />
      ))}
      {several && <span>{stores[row.store_id]}</span>}
    </span>
  );
}

export function LabelMark({ label }: { label: LabelFact }) {
  return (
    <span class={`label-mark colour-${label.colour}`} dir="auto">
      {label.name}
    </span>
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
