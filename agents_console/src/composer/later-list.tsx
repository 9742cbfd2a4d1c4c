/** The thread's foot: what is to be sent later, and what was held back. All agents see it. */

import { useState } from "preact/hooks";
import { lastSeq } from "../../../widget/link/log";
import type { Later } from "../../../widget/link/protocol.gen";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { plainly } from "../desk/plainly";
import { Icon } from "../icons";
import { useOnce } from "../once";
import type { Thread } from "../thread/thread";
import { full, moment, now } from "../time";
import { clockIn, type LaterRequests, laterRequests } from "./later";
import { LaterDialog } from "./later-dialog";
import { say } from "./words";
import "../styles/later.css";

export function LaterList({ thread }: { thread: Thread }) {
  const { scheduled } = thread;
  if (scheduled.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noRedundantRoles: WebKit drops the role of an unmarked list
    <ul class="laters" role="list" aria-label={say("later.list")}>
      {scheduled.map((message) => (
        <Item key={message.scheduled_id} message={message} thread={thread} />
      ))}
    </ul>
  );
}

function Item({ message, thread }: { message: Later; thread: Thread }) {
  const { desk } = useRoom();
  const [choosing, setChoosing] = useState(false);
  const [busy, once] = useOnce();
  const mine = message.agent_id === desk.me.agent_id;
  const requests = laterRequests(desk.api.ask, thread.storeId);
  const act = (what: (requests: LaterRequests) => Promise<void>) =>
    once(async () => {
      try {
        await what(requests);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const gone = [404, 409].includes(error.status);
        desk.toast.value = { words: gone ? say("later.gone") : plainly(error), undo: null };
      }
    });
  const keep = (at: number) => act((each) => each.change(message, at, lastSeq(thread.log)));
  const held = message.state === "held";
  return (
    <li class={`later-item ${held ? "held" : ""}`}>
      <Icon name={held ? "warn" : "clock"} />
      <div class="later-said">
        <p class="later-when">
          <When message={message} thread={thread} mine={mine} />
        </p>
        <p class="later-words" dir="auto">
          {message.body}
        </p>
        <Why message={message} thread={thread} />
        <p class="later-acts">
          {mine && (
            <>
              {!held && writtenSince(message, thread) && (
                <Act busy={busy} words={say("later.keep")} onAct={() => keep(message.due_at)} />
              )}
              <Act
                busy={busy}
                words={say(held ? "later.anyway" : "later.now")}
                onAct={() => act((each) => each.now(message, lastSeq(thread.log)))}
              />
              <Act busy={busy} words={say("later.time")} onAct={() => setChoosing(true)} />
            </>
          )}
          <Act
            busy={busy}
            words={say(mine ? "later.back" : "later.cancel")}
            title={mine && message.files > 0 ? say("later.back.files") : undefined}
            onAct={() => act((each) => each.cancel(message))}
          />
        </p>
      </div>
      {choosing && (
        <LaterDialog
          thread={thread}
          onClose={() => setChoosing(false)}
          onChoose={(at) => {
            setChoosing(false);
            void keep(at);
          }}
        />
      )}
    </li>
  );
}

function When({ message, thread, mine }: { message: Later; thread: Thread; mine: boolean }) {
  const { due_at: at, files, agent: name } = message;
  const time = moment(at, now.value);
  const theirs = clockIn(thread.shopper?.zone ?? "", at);
  return (
    <>
      <time dateTime={new Date(at).toISOString()} title={full(at)}>
        {mine ? say("later.yours", { time }) : say("later.anothers", { name, time })}
      </time>
      {theirs && <span> · {say("later.theirs", { time: theirs })}</span>}
      {message.resolves && <span> · {say("later.resolves")}</span>}
      {files > 0 && (
        <span> · {say(files === 1 ? "later.files.one" : "later.files.other", { n: files })}</span>
      )}
    </>
  );
}

function Why({ message, thread }: { message: Later; thread: Thread }) {
  const { because, state, why } = message;
  if (state === "held") {
    const key = because === "shopper" || because === "colleague" ? because : "refused";
    return <p class="later-why">{say(`later.held.${key}`, { why })}</p>;
  }
  return writtenSince(message, thread) ? <p class="later-why">{say("later.since")}</p> : null;
}

/** Has the shopper, or another agent, written after its author had looked? */
function writtenSince({ seen_seq, agent_id }: Later, { log }: Thread): boolean {
  return (log?.entries ?? []).some(
    ({ seq, kind, author, automatic, taken_back }) =>
      seq > seen_seq &&
      kind === "message" &&
      !automatic &&
      !taken_back &&
      !(author.side === "staff" && author.id === agent_id),
  );
}

interface ActProps {
  words: string;
  busy: boolean;
  title?: string | undefined;
  onAct(): void;
}

function Act({ words, busy, title, onAct }: ActProps) {
  return (
    <button type="button" class="plain small" aria-disabled={busy} title={title} onClick={onAct}>
      {words}
    </button>
  );
}
