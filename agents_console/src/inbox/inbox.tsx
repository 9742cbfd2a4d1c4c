/** The list of conversations: who waits, how long, and where they are. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useRoom } from "../context";
import { FIND_ID, rowId } from "../desk/keys";
import { Icon } from "../icons";
import { narrow as oneColumn } from "../screen";
import { say, sayMany } from "../words";
import { found } from "./book";
import { EmptyList } from "./empty";
import { useKeptFocus } from "./kept-focus";
import { MarkedBar } from "./marked-bar";
import { shelfKey } from "./narrow";
import { NarrowLine } from "./narrow-line";
import { moved } from "./order";
import { InboxRowItem } from "./row";
import { ROW_PX, windowOf } from "./window";

/** So near to the end of what is here the next page is asked for: a few screens, so that it is here
 * before whoever scrolls fast. */
const NEAR_PX = 60 * ROW_PX;

export function Inbox() {
  const { desk } = useRoom();
  const { view } = desk.place.value;
  // Where there is room for one column the list is all there is.
  const Box = oneColumn.value ? "main" : "section";
  const { waiting } = desk.counts.value ?? {};
  return (
    <Box class="inbox" aria-labelledby="inbox-title">
      <header class="inbox-head">
        <h1 id="inbox-title">{say(`view.${view}`)}</h1>
        <span class="inbox-waiting">
          {waiting && waiting.n > 0
            ? sayMany("inbox.waiting", waiting.n, waiting.more ? { n: `${waiting.n}+` } : {})
            : ""}
        </span>
        <div class="find">
          <Icon name="search" />
          <input
            id={FIND_ID}
            type="search"
            aria-label={say("inbox.find")}
            placeholder={say("inbox.find")}
            value={desk.question.value}
            onInput={(event) => {
              desk.question.value = event.currentTarget.value;
            }}
          />
          <button
            type="button"
            class="plain square"
            aria-label={say("narrow.open")}
            title={say("narrow.open")}
            onClick={() => {
              desk.palette.value = "narrow";
            }}
          >
            <Icon name="narrow" />
          </button>
        </div>
        <NarrowLine />
      </header>
      <MarkedBar />
      <List />
    </Box>
  );
}

function List() {
  const { desk } = useRoom();
  const box = useRef<HTMLDivElement>(null);
  const sight = useSignal({ top: 0, height: 0 });
  const { view, narrow, after, loaded, rows: there } = desk.shelf.value;
  const question = desk.question.value;
  const rows = desk.rows.value;
  const cursor = desk.cursor.value;
  const window = windowOf(rows.length, sight.value.top, sight.value.height);
  const focused = useKeptFocus(box, rows, loaded, shelfKey(view, narrow));
  const kept = useMemo(
    () =>
      [...new Set([cursor, focused])].map((id) =>
        id ? rows.findIndex((row) => row.conversation_id === id) : -1,
      ),
    [rows, cursor, focused],
  );
  const known = desk.book.value.rows;
  const places = Array.from({ length: window.to - window.from }, (_, n) => window.from + n);
  places.push(...kept.filter((at) => at >= 0 && (at < window.from || at >= window.to)));
  const drawn = places.flatMap((place) => {
    const row = rows[place];
    // The list may stand still; what is known of its rows does not.
    return row ? [{ row: known.get(row.conversation_id) ?? row, at: place }] : [];
  });
  const waiting = useMemo(
    () => (view === "resolved" ? 0 : rows.findIndex((row) => row.waiting_since === null)),
    [rows, view],
  );

  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [view, narrow, question]);
  useLayoutEffect(() => {
    if (cursor) document.getElementById(rowId(cursor))?.focus();
  }, [cursor]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      sight.value = { top: element.scrollTop, height: element.clientHeight };
    };
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    look();
    return () => watcher.disconnect();
  }, [sight]);

  useLayoutEffect(() => {
    // A list that stands at its end is not scrolled any more when it grows.
    const list = box.current;
    if (rows.length > 0 && list?.clientHeight && isNear(list)) desk.older();
  }, [rows.length, desk]);

  const scrolled = (event: Event) => {
    const list = event.currentTarget as HTMLElement;
    sight.value = { top: list.scrollTop, height: list.clientHeight };
    if (isNear(list)) desk.older();
  };
  const hold = (held: boolean) => () => {
    desk.held.value = held;
  };
  const told = {
    "aria-label": say("inbox.label"),
    "aria-busy": !loaded,
    style: { blockSize: `${rows.length * ROW_PX}px` },
  };
  return (
    <div
      class="inbox-scroll"
      ref={box}
      tabIndex={-1}
      onScroll={scrolled}
      onPointerEnter={hold(true)}
      onPointerLeave={hold(false)}
    >
      <MovedPill there={there} />
      {/* biome-ignore lint/a11y/noRedundantRoles: WebKit drops the role of an unmarked list */}
      <ul class="rows" role="list" {...told}>
        {drawn.map((each) => (
          <InboxRowItem
            key={each.row.conversation_id}
            row={each.row}
            at={each.at}
            of={after === null ? rows.length : -1}
            firstQuiet={waiting > 0 && each.at === waiting}
          />
        ))}
      </ul>
      {loaded && rows.length === 0 && <EmptyList view={view} question={question} />}
      {after !== null && (
        <button type="button" class="plain older" onClick={desk.older}>
          {say("inbox.older")}
        </button>
      )}
    </div>
  );
}

/** Whether so little is left below that the next page should come. */
function isNear(list: HTMLElement): boolean {
  return list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX;
}

/** What came or moved while somebody pointed at the list, and would not let it move. */
function MovedPill({ there }: { there: Parameters<typeof moved>[1] }) {
  const { desk } = useRoom();
  const rows = desk.rows.value;
  if (!desk.held.value) return null;
  const n = moved(rows, found(there, desk.question.value));
  if (n === 0) return null;
  return (
    <button
      type="button"
      class="moved"
      onClick={() => {
        desk.held.value = false;
      }}
    >
      {sayMany("inbox.moved", n)}
    </button>
  );
}
