/** The list of conversations: who waits, how long, and where they are. */

import { useMemo } from "preact/hooks";
import { useRoom } from "../context";
import { FIND_ID } from "../desk/keys";
import { Icon } from "../icons";
import { narrow } from "../screen";
import { say, sayMany } from "../words";
import { found } from "./book";
import { EmptyList } from "./empty";
import { InboxRowItem } from "./row";

export function Inbox() {
  const { desk } = useRoom();
  const { view, open } = desk.place.value;
  const rows = desk.rows.value;
  const question = desk.question.value;
  const shelf = desk.book.value.shelves[view];
  const shown = useMemo(() => found(rows, question), [rows, question]);
  const waiting = shown.filter((row) => row.waiting_since !== null).length;
  // Where there is room for one column the list is all there is.
  const Box = narrow.value ? "main" : "section";
  const near = (event: Event) => {
    const list = event.currentTarget as HTMLElement;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < 300) desk.older();
  };
  return (
    <Box class="inbox" aria-labelledby="inbox-title">
      <header class="inbox-head">
        <h1 id="inbox-title">{say(`view.${view}`)}</h1>
        <span class="inbox-waiting">{waiting > 0 ? sayMany("inbox.waiting", waiting) : ""}</span>
        <div class="find">
          <Icon name="search" />
          <input
            id={FIND_ID}
            type="search"
            aria-label={say("inbox.find")}
            placeholder={say("inbox.find")}
            value={question}
            onInput={(event) => {
              desk.question.value = event.currentTarget.value;
            }}
          />
        </div>
      </header>
      <div class="inbox-scroll" onScroll={near}>
        {/* biome-ignore lint/a11y/noRedundantRoles: WebKit drops the role of an unmarked list */}
        <ul class="rows" role="list" aria-label={say("inbox.label")} aria-busy={!shelf.loaded}>
          {shown.map((row, index) => (
            <InboxRowItem
              key={row.conversation_id}
              row={row}
              here={row.conversation_id === open?.conversationId}
              firstQuiet={waiting > 0 && index === waiting}
            />
          ))}
        </ul>
        {shelf.loaded && shown.length === 0 && <EmptyList view={view} question={question} />}
        {shelf.before !== null && !question && (
          <button type="button" class="plain older" onClick={desk.older}>
            {say("inbox.older")}
          </button>
        )}
      </div>
    </Box>
  );
}
