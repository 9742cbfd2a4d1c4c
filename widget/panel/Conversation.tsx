import { useMemo } from "preact/hooks";
import { answering, unread } from "../link/shopper";
import { useHouse, useRoom } from "./context";
import { DownIcon, KnotIcon } from "./icons";
import { MessageGroup } from "./Message";
import { OfferCard } from "./OfferCard";
import { hasWritten } from "./offer";
import { useScroll } from "./scroll";
import type { RoomState } from "./state";
import { type Carrier, type Group, type Line, timeline } from "./timeline";
import type { Words } from "./words";

export function Conversation() {
  const { room, tongue, greeting } = useHouse();
  const state = useRoom();
  const { view, atEnd, freshAfter } = state;
  const { words, say } = tongue;
  const lines = useMemo(
    () => timeline(view.log, view.outbox, freshAfter),
    [view.log?.entries, view.outbox, freshAfter],
  );
  const scroller = useScroll(room, state);
  const last = lines.findLast((line): line is Group => line.kind === "group" && line.own);
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
            {lines.map((line) => (
              <LineView
                key={line.key}
                line={line}
                receipt={line === last ? receipt(state, words, last) : null}
              />
            ))}
          </div>
          {view.typing && (
            <p class="typing" role="status">
              <span class="dots" aria-hidden="true" />
              {say(words.typing, { name: view.typing.name })}
            </p>
          )}
          <OfferCard />
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

const BY = {
  sms: "bySms",
  email: "byEmail",
  whatsapp: "byWhatsapp",
  push: "byNotice",
  app: "byApp",
} as const satisfies Record<Carrier, keyof Words>;

/** Where the last own message is; a refusal is told at the message itself. */
function receipt({ view }: RoomState, words: Words, group: Group): string | null {
  const last = group.bubbles.at(-1);
  if (!last || last.letter?.state === "failed") return null;
  if (last.letter?.state === "sending") return words.sending;
  return last.seq > 0 && last.seq <= (view.log?.seenStaff ?? 0) ? words.seen : words.sent;
}
