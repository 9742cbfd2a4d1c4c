/** Give a conversation to anybody of the staff, and say what is to be done: one act. */

import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Colleague } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { now } from "../time";
import { say } from "../words";
import { standing } from "./duty";
import { Face } from "./face";
import { matching, NOBODY, type Whom } from "./people";

export function AssignDialog({ onClose }: { onClose(): void }) {
  const { desk } = useRoom();
  const assignee = desk.thread.value?.assigneeId ?? null;
  const [asked, setAsked] = useState("");
  const [chosen, setChosen] = useState<Colleague | null>(null);
  const people = matching(asked, desk.self.value, desk.colleagues.value, assignee);

  function choose(whom: Whom): void {
    if (whom !== NOBODY && whom.agent_id !== desk.me.agent_id) {
      setChosen(whom);
      return;
    }
    desk.assign(whom === NOBODY ? null : whom.agent_id);
    onClose();
  }

  return (
    <Dialog title={say("assign.title")} onClose={onClose}>
      {chosen ? (
        <NoteFor whom={chosen} onBack={() => setChosen(null)} onClose={onClose} />
      ) : (
        <Choices asked={asked} onAsk={setAsked} people={people} onChoose={choose} />
      )}
    </Dialog>
  );
}

interface ChoicesProps {
  asked: string;
  onAsk(words: string): void;
  people: readonly Whom[];
  onChoose(whom: Whom): void;
}

/** A combobox (ARIA 1.2): the field keeps the focus, the arrow keys move in the list below. */
function Choices({ asked, onAsk, people, onChoose }: ChoicesProps) {
  const { desk } = useRoom();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  // The dialog itself focuses it when it opens; this is for whoever comes back to the list.
  useLayoutEffect(() => field.current?.focus(), []);
  const [at, setAt] = useState(0);
  const active = Math.min(at, people.length - 1);
  const row = (index: number) => `${id}-${index}`;

  function press(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && people.length > 0) {
      const next = (active + step + people.length) % people.length;
      setAt(next);
      document.getElementById(row(next))?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.isComposing && people[active]) {
      onChoose(people[active]);
    } else return;
    event.preventDefault();
  }

  return (
    <div class="assign">
      <label class="field" for={id}>
        {say("assign.who")}
        <input
          id={id}
          ref={field}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={people.length > 0 ? row(active) : undefined}
          aria-autocomplete="list"
          autocomplete="off"
          autofocus
          placeholder={say("assign.find")}
          value={asked}
          onInput={(event) => {
            onAsk(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
      </label>
      {people.length === 0 && (
        <p class="muted" role="status">
          {say("assign.none", { words: asked })}
        </p>
      )}
      <div id={`${id}-list`} role="listbox" aria-label={say("assign.who")} class="assign-list">
        {people.map((whom, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above hears the keys
          <div
            key={whom === NOBODY ? "" : whom.agent_id}
            id={row(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            class="assign-row"
            onClick={() => onChoose(whom)}
          >
            {whom === NOBODY ? (
              <>
                <span class="assign-nobody">
                  <Icon name="unassigned" />
                </span>
                <span>{say("assign.nobody")}</span>
              </>
            ) : (
              <>
                <Face name={whom.name} id={whom.agent_id} face={whom.face} />
                <span class="assign-name">
                  <bdi>{whom.agent_id === desk.me.agent_id ? say("assign.me") : whom.name}</bdi>
                  <span class="menu-more">{standing(whom, now.value)}</span>
                </span>
              </>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

interface NoteProps {
  whom: Colleague;
  onBack(): void;
  onClose(): void;
}

function NoteFor({ whom, onBack, onClose }: NoteProps) {
  const { desk } = useRoom();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the next key: the field that took the name is gone, and a letter would go nowhere.
  useLayoutEffect(() => field.current?.focus(), []);
  const [note, setNote] = useState("");
  const { name, agent_id: agentId } = whom;

  function give(): void {
    const words = note.trim();
    // A first-time mistake costs the note otherwise: without a connection it stays here.
    const done = words ? desk.handOver(whom, words) : desk.assign(agentId);
    if (done) onClose();
  }

  return (
    <form
      class="assign"
      onSubmit={(event) => {
        event.preventDefault();
        give();
      }}
    >
      <p class="assign-to">
        <Face name={name} id={agentId} face={whom.face} />
        <span class="assign-name">
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <span class="menu-more">{standing(whom, now.value)}</span>
        </span>
        <button type="button" class="plain" onClick={onBack}>
          {say("assign.back")}
        </button>
      </p>
      <label class="field" for={id}>
        {say("assign.note", { name })}
        <textarea
          id={id}
          ref={field}
          rows={4}
          maxLength={10_000}
          placeholder={say("assign.note.like")}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              give();
            }
          }}
        />
      </label>
      <p class="small muted">{say("assign.private")}</p>
      <p class="dialog-acts">
        <button type="submit" class="primary">
          {say(note.trim() ? "assign.hand-over" : "assign.assign")}
        </button>
      </p>
    </form>
  );
}
