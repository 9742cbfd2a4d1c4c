import { useMemo } from "preact/hooks";
import { answering, unread } from "../link/shopper";
import { useHouse, useRoom } from "./context";
import { DownIcon, KnotIcon } from "./icons";
import { MessageGroup } from "./Message";
import { OfferCard } from "./OfferCard";
import { hasWritten } from "./offer";
import { forming } from "./parts";
import { useScroll } from "./scroll";
import type { RoomState } from "./state";
import { BY, type Group, type Line, timeline } from "./timeline";
import type { Words } from "./words";

export function Conversation() {
  const { room, tongue, greeting } = useHouse();
  const state = useRoom();
  const { view, atEnd, freshAfter } = state;
  const { words, say } = tongue;
  const lines = useMemo(
    () => timeline(view.log, view.outbox, freshAfter),
    [view.log?.entries, view.log?.before, view.outbox, freshAfter],
  );
  const scroller = useScroll(room, state);
  const forms = forming.use(view.forms !== null);
  const now = Date.now();
  const today = new Date(now).toDateString();
  const last = lines.findLast((line): line is Group => line.kind === "group" && arrived(line));
  const told = last ? receipt(state, words, last) : null;
  // Drawn again only when they are others: every letter that is typed comes past here.
  const drawn = useMemo(
    () =>
      lines.map((line) => (
        <LineView key={line.key} line={line} receipt={line === last ? told : null} />
      )),
    [lines, last, told, today],
  );
  const known =
    view.welcome !== null && (view.welcome.conversation_id === null || view.log !== null);

  return (
    <div class="middle">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="scroll" ref={scroller} tabIndex={0}>
        <div class="content">
          {view.paging && <p class="quiet">{words.earlier}</p>}
          {(!view.log || view.log.complete) && (
            <div class="greeting">
              <p class="bubble tip" dir="auto">
                {greeting || words.hello}
              </p>
              {known && answering(view).length === 0 && !hasWritten(view) && (
                <p class="quiet">{words.awayLong}</p>
              )}
            </div>
          )}
          {/* Quiet while old messages are put in: they are not news. */}
          <div
            role="log"
            aria-label={words.conversation}
            aria-live={known && !view.paging ? "polite" : "off"}
          >
            {drawn}
          </div>
          {view.typing && (
            <p class="typing" role="status">
              <span class="dots" aria-hidden="true" />
              {say(words.typing, { name: view.typing.name })}
            </p>
          )}
          {forms ? <forms.FormsCard /> : <OfferCard />}
        </div>
      </div>
      {!atEnd && unread(view) > 0 && (
        <button
          type="button"
          class="pill"
          onClick={() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })}
        >
          <DownIcon /> {words.newMessages}
        </button>
      )}
    </div>
  );
}

function LineView({ line, receipt }: { line: Line; receipt: string | null }) {
  const { tongue } = useHouse();
  const { words, say } = tongue;
  switch (line.kind) {
    case "group":
      return <MessageGroup group={line} receipt={receipt} />;
    case "day":
      return <p class="quiet day">{tongue.day(line.at, Date.now())}</p>;
    case "done":
      return <p class="quiet">{words.done}</p>;
    case "knot":
      return (
        <p class="knot" title={tongue.full(line.at)}>
          <span>
            <KnotIcon />
            {say(words[BY[line.channel]], { time: tongue.time(line.at) })}
          </span>
        </p>
      );
  }
}

/** An own one, and not refused: what was, says so itself. */
function arrived(group: Group): boolean {
  return group.own && group.bubbles.at(-1)?.letter?.state !== "failed";
}

/** Where the last own message is. */
function receipt({ view }: RoomState, words: Words, group: Group): string {
  const last = group.bubbles.at(-1);
  if (last?.letter?.state === "sending") return words.sending;
  const seq = last?.seq ?? 0;
  return seq > 0 && seq <= (view.log?.seenStaff ?? 0) ? words.seen : words.sent;
}
