/** The middle column: head, drawn thread, composer. */

import { useEffect, useRef } from "preact/hooks";
import { Composer } from "../composer/composer";
import { LaterList } from "../composer/later-list";
import { useRoom } from "../context";
import { NothingOpen } from "../inbox/empty";
import { narrow } from "../screen";
import { say } from "../words";
import { DayDialog } from "./day-dialog";
import { GalleryDialog } from "./gallery";
import { ThreadHead } from "./head";
import { LogView } from "./log-view";
import type { Thread } from "./thread";

export function ThreadPane({ onShopper }: { onShopper(): void }) {
  const { desk } = useRoom();
  const pane = useRef<HTMLElement>(null);
  const thread = desk.thread.value;
  useEffect(() => {
    // It has taken the list's place, and with it the row that had the focus.
    if (narrow.value) pane.current?.focus();
  }, []);
  return (
    <main ref={pane} class="thread" id="thread" tabIndex={-1} aria-label={say("thread.label")}>
      {thread ? (
        <>
          <ThreadHead onShopper={onShopper} />
          {thread.refused ? (
            <div class="empty centred">
              <h2>{say("thread.refused")}</h2>
              <p>{thread.refused}</p>
            </div>
          ) : (
            <>
              <LogView key={thread.conversationId} />
              <LaterList thread={thread} />
              <Composer key={`write-${thread.conversationId}`} />
              <Finding key={`find-${thread.conversationId}`} thread={thread} />
            </>
          )}
        </>
      ) : (
        <NothingOpen />
      )}
    </main>
  );
}

/** What is looked for in the conversation, and no longer once another is open. */
function Finding({ thread }: { thread: Thread }) {
  const { desk } = useRoom();
  const close = () => {
    desk.finding.value = null;
  };
  useEffect(() => close, []);
  if (desk.finding.value === "files") return <GalleryDialog thread={thread} onClose={close} />;
  if (desk.finding.value === "day") return <DayDialog thread={thread} onClose={close} />;
  return null;
}
