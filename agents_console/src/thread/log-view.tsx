/** The drawn thread: one line from top to bottom, and everything that was said hangs on it. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import { lastSeq } from "../../../widget/link/log";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { say, sayMany } from "../words";
import { useJump } from "./jump";
import { FIRST_DRAWN, useLastFirst } from "./last-first";
import { LetterItem } from "./letter";
import { LineItem } from "./line-item";
import { changeable, lastOwn, lines } from "./lines";
import { ReachLines } from "./reach";
import { lastInView, useEnd, watched } from "./scroll";
import { StaleGuard } from "./stale-dialog";
import type { Thread } from "./thread";

export function LogView() {
  const { desk } = useRoom();
  const box = useRef<HTMLDivElement>(null);
  const thread = desk.thread.value;
  const log = thread?.log ?? null;
  const entries = log?.entries ?? [];
  const outbox = desk.outbox.value;
  const letters = outbox.filter((letter) => letter.frame.conversation_id === log?.conversationId);
  // A jump may lead anywhere, so nothing is left for later.
  const drawing = useLastFirst(log !== null);
  const all = drawing.all || desk.place.value.open?.seq !== undefined;
  const end = useEnd(box, all ? entries[0]?.id : undefined, letters.length);
  const drawn = useDrawn(thread, desk.me.agent_id, all);
  useJump(box, desk, thread, end);

  useEffect(() => {
    const element = box.current;
    if (!element || !log) return;
    const look = () => {
      const seq = end.atEnd() ? lastSeq(log) : lastInView(element);
      const known = desk.onScreen.get(log.conversationId) ?? 0;
      desk.onScreen.set(log.conversationId, Math.max(seq, known));
      if (seq > 0 && watched()) desk.seen(Math.max(seq, known));
      if (all && element.scrollTop < 240) desk.earlier();
    };
    return end.onLook(look);
  }, [log, desk, end, all]);

  if (!thread) return null;
  const fresh = end.away
    ? entries.filter((entry) => entry.seq > end.leftAt && entry.kind === "message").length
    : 0;
  return (
    <div class="log-frame">
      <div
        ref={box}
        class="log"
        role="log"
        aria-label={say("thread.log")}
        aria-live={drawing.settled ? "polite" : "off"}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller must be reachable by keyboard
        tabIndex={0}
      >
        <div class="log-inner">
          <Beginning thread={thread} />
          {/* biome-ignore lint/a11y/noRedundantRoles: WebKit drops the role of an unmarked list */}
          <ol class="lines" role="list">
            {drawn}
            {letters.map((letter) => (
              <LetterItem key={letter.frame.cmid} letter={letter} />
            ))}
            {thread.typing.map(({ side, agentId, name }) => (
              <li key={agentId ?? side} class="line typing">
                <span class="node" />
                <p class="line-words">
                  {say("thread.typing", { name: name || say("thread.shopper") })}
                </p>
              </li>
            ))}
            <ReachLines thread={thread} />
          </ol>
        </div>
      </div>
      <StaleGuard thread={thread} onLook={end.go} />
      {fresh > 0 && (
        <button type="button" class="pill" onClick={end.go}>
          <Icon name="down" size={14} /> {sayMany("thread.fresh", fresh)}
        </button>
      )}
    </div>
  );
}

/** The lines are only drawn anew when the log or a seen mark has changed, not at each key press. */
function useDrawn(thread: Thread | null, me: string, all: boolean) {
  const log = thread?.log ?? null;
  const entries = log?.entries;
  const seen = log?.seenShopper ?? 0;
  const [storeId, conversationId] = [thread?.storeId ?? "", thread?.conversationId ?? ""];
  return useMemo(() => {
    if (!entries) return null;
    const own = lastOwn(entries);
    const mine = changeable(entries, seen, me);
    return lines(entries)
      .slice(all ? 0 : -FIRST_DRAWN)
      .map((line) => (
        <LineItem
          key={line.key}
          line={line}
          where={{ storeId, conversationId }}
          mark={own && line.key === own.id ? (own.seq <= seen ? "seen" : "sent") : null}
          mine={mine.has(line.key)}
        />
      ));
  }, [entries, seen, me, storeId, conversationId, all]);
}

function Beginning({ thread }: { thread: Thread }) {
  const { desk } = useRoom();
  if (!thread.log) return <p class="log-note">{say("thread.loading")}</p>;
  if (thread.log.complete) {
    const empty = thread.log.entries.length === 0;
    return empty ? <p class="log-note">{say("thread.empty")}</p> : null;
  }
  return (
    <p class="log-note">
      {thread.paging ? (
        say("thread.loading")
      ) : (
        <button type="button" class="plain" onClick={() => desk.earlier()}>
          {say("thread.earlier")}
        </button>
      )}
    </p>
  );
}
