/** Who this is, where they are, and what can be done with the conversation. */

import { useState } from "preact/hooks";
import { useRoom } from "../context";
import { ASSIGN_ID } from "../desk/keys";
import { Icon } from "../icons";
import { whom } from "../inbox/row";
import { toHash } from "../place";
import { doing, PresenceDot } from "../presence";
import { narrow, wide } from "../screen";
import { now } from "../time";
import { AssignDialog } from "../together/assign";
import { Face } from "../together/face";
import { say } from "../words";
import { MoreButton } from "./more-button";
import { Onlookers } from "./onlookers";

export function ThreadHead({ onShopper }: { onShopper(): void }) {
  const { desk } = useRoom();
  const { view } = desk.place.value;
  const thread = desk.thread.value;
  const row = desk.row.value;
  if (!thread) return null;
  const number = thread.log?.head?.number ?? row?.number ?? 0;
  const shopper = thread.shopper;
  const presence = shopper?.presence ?? row?.presence;
  const name = whom({ shopper: shopper?.name || row?.shopper || "", number });
  // Whoever has told no name is called by it already.
  const called = say("inbox.number", { number });
  // Where the list is not on the screen, this is the first heading of the page.
  const Heading = narrow.value ? "h1" : "h2";
  return (
    <header class="thread-head">
      {narrow.value && (
        <a class="plain square" href={toHash({ view, open: null })} aria-label={say("thread.back")}>
          <Icon name="back" size={20} />
        </a>
      )}
      <div class="thread-who">
        <Heading dir="auto">{name}</Heading>
        <p class="thread-where">
          {presence && <PresenceDot presence={presence} />}
          <span class="thread-doing">{shopper ? doing(shopper, now.value) : ""}</span>
          {number > 0 && !name.endsWith(called) && <span class="thread-number">{called}</span>}
          <Owner assigneeId={thread.assigneeId} />
        </p>
      </div>
      <Onlookers thread={thread} />
      <div class="thread-acts">
        {thread.log && <MoreButton />}
        <AssignButton assigneeId={thread.assigneeId} />
        <ResolveButton resolved={thread.log?.state === "resolved"} />
        {!wide.value && (
          <button
            type="button"
            class="plain square"
            aria-label={say("shopper.show")}
            title={say("shopper.show")}
            onClick={onShopper}
          >
            <Icon name="mine" size={20} />
          </button>
        )}
      </div>
    </header>
  );
}

function Owner({ assigneeId }: { assigneeId: string | null }) {
  const { desk } = useRoom();
  if (assigneeId === null) return null;
  const mine = assigneeId === desk.me.agent_id;
  const owner = desk.colleagues.value.find((colleague) => colleague.agent_id === assigneeId);
  if (!mine && !owner) return null;
  return (
    <span class="thread-owner">
      {mine ? say("thread.yours") : say("thread.owner", { name: owner?.name ?? "" })}
    </span>
  );
}

/** Opens the list of everybody; what it says is who has the conversation now. */
function AssignButton({ assigneeId }: { assigneeId: string | null }) {
  const { desk } = useRoom();
  const [open, setOpen] = useState(false);
  const owner = [desk.self.value, ...desk.colleagues.value].find(
    (each) => each !== null && each.agent_id === assigneeId,
  );
  const words = say(assigneeId === null ? "thread.assign" : "thread.hand-over");
  return (
    <>
      <button
        type="button"
        id={ASSIGN_ID}
        class="button"
        aria-haspopup="dialog"
        title={words}
        onClick={() => setOpen(true)}
      >
        {owner ? (
          <Face name={owner.name} id={owner.agent_id} face={owner.face} size={20} />
        ) : (
          <Icon name="unassigned" />
        )}
        <span class="label">{words}</span>
      </button>
      {open && <AssignDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ResolveButton({ resolved }: { resolved: boolean }) {
  const { desk } = useRoom();
  const words = say(resolved ? "thread.reopen" : "thread.resolve");
  return (
    <button
      type="button"
      class="button"
      title={words}
      onClick={() => (resolved ? desk.reopen() : desk.resolve())}
    >
      <Icon name={resolved ? "reopen" : "resolved"} />
      <span class="label">{words}</span>
    </button>
  );
}
