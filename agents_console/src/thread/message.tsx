/** What people wrote: messages and notes. */

import { useState } from "preact/hooks";
import type { Entry } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Icon } from "../icons";
import type { Which } from "../place";
import { Face } from "../together/face";
import { say } from "../words";
import { Attachments } from "./attachments";
import { At } from "./line-item";
import { OriginalDialog } from "./original";
import { OwnWords } from "./own-words";
import { AlsoTo, Vouched } from "./vouched";

interface MessageProps {
  entry: Entry;
  first: boolean;
  mine: boolean;
  where: Which;
  mark: "sent" | "seen" | null;
}

export function MessageItem({ entry, first, mine, where, mark }: MessageProps) {
  const [original, setOriginal] = useState(false);
  const { side } = entry.author;
  return (
    <li class={`line message from-${side} ${first ? "first" : ""}`} data-seq={entry.seq}>
      {first && <span class="node" />}
      <div class="line-body">
        {first && <By entry={entry} />}
        <OwnWords entry={entry} mine={mine} />
        <Attachments files={entry.attachments} />
        <Vouched entry={entry} />
        <AlsoTo entry={entry} />
        {entry.original && (
          <button type="button" class="plain small" onClick={() => setOriginal(true)}>
            {say("thread.original")}
          </button>
        )}
        {mark && <p class="mark-below">{say(`thread.${mark}`)}</p>}
      </div>
      {original && (
        <OriginalDialog where={where} entry={entry} onClose={() => setOriginal(false)} />
      )}
    </li>
  );
}

interface NoteProps {
  entry: Entry;
  first: boolean;
  mine: boolean;
}

export function NoteItem({ entry, first, mine }: NoteProps) {
  return (
    <li class={`line note ${first ? "first" : ""}`} data-seq={entry.seq}>
      <span class="node">
        <Icon name="note" size={14} />
      </span>
      <div class="line-body">
        {first && <By entry={entry} />}
        <OwnWords entry={entry} mine={mine} />
        <Attachments files={entry.attachments} />
        {!entry.taken_back && <p class="mark-below">{say("note.private")}</p>}
      </div>
    </li>
  );
}

export function By({ entry }: { entry: Entry }) {
  const { desk } = useRoom();
  const { author, channel, at, automatic } = entry;
  const mine = author.side === "staff" && author.id === desk.me.agent_id;
  const name = author.name || say(author.side === "staff" ? "thread.staff" : "thread.shopper");
  return (
    <p class="by">
      {author.side === "staff" && (
        <Face name={name} id={author.id} face={author.face ?? null} size={20} />
      )}
      <strong>
        <bdi>{mine ? say("thread.you") : name}</bdi>
      </strong>
      {channel !== "chat" && (
        <span class="by-channel">
          <Icon name={channel} size={14} /> {say(`channel.${channel}`)}
        </span>
      )}
      {automatic && <span>{say("thread.automatic")}</span>}
      <At at={at} />
    </p>
  );
}
