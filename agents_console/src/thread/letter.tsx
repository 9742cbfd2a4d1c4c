/** What was written here and does not stand in the log yet. */

import type { Letter } from "../../../widget/link/outbox";
import type { AgentSay } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { COMPOSER_ID } from "../desk/keys";
import { plainly } from "../desk/plainly";
import { say } from "../words";
import { FileRow } from "./attachments";
import { Bubble } from "./bubble";
import { isStale } from "./stale";

export function LetterItem({ letter }: { letter: Letter<AgentSay> }) {
  const { frame, state } = letter;
  return (
    <li class={`line ${frame.note ? "note" : "message from-staff"} letter ${state}`}>
      <span class="node" />
      <div class="line-body">
        <Bubble text={frame.body} marked />
        <Enclosures ids={frame.attachments} />
        {state === "failed" ? <Failure letter={letter} /> : <Sending />}
      </div>
    </li>
  );
}

/** The gateway shows a file to nobody before its message is stored. */
function Enclosures({ ids }: { ids: readonly string[] }) {
  const { uploads } = useRoom();
  if (ids.length === 0) return null;
  return (
    <ul class="files">
      {uploads.named(ids).map((file) => (
        <li key={file.id} class="file">
          <FileRow name={file.name} size={file.size} />
        </li>
      ))}
    </ul>
  );
}

function Sending() {
  const { desk } = useRoom();
  const live = desk.connection.value.at === "live";
  return <p class="mark-below">{say(live ? "letter.sending" : "letter.waiting")}</p>;
}

function Failure({ letter }: { letter: Letter<AgentSay> }) {
  const { desk, drafts, uploads } = useRoom();
  const { frame, why } = letter;
  const overtaken = isStale(letter);
  const edit = () => {
    desk.giveUp(frame.cmid);
    uploads.giveBack(frame.conversation_id, frame.attachments);
    drafts.giveBack(frame.conversation_id, {
      text: frame.body,
      note: frame.note,
      wish: frame.wish,
    });
    document.getElementById(COMPOSER_ID)?.focus();
  };
  return (
    <div class="failure" role="alert">
      <p>{why ? plainly(why) : ""}</p>
      <p class="failure-acts">
        {overtaken ? (
          <button type="button" class="button" onClick={() => desk.sendAnyway(frame.cmid)}>
            {say("letter.anyway")}
          </button>
        ) : (
          <button type="button" class="button" onClick={() => desk.retry(frame.cmid)}>
            {say("letter.retry")}
          </button>
        )}
        <button type="button" class="plain" onClick={edit}>
          {say("letter.edit")}
        </button>
      </p>
    </div>
  );
}
