/** The words of a message or note; one's own can be changed or taken back while they have not left. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { COMPOSER_ID } from "../desk/keys";
import { say } from "../words";
import { Bubble, namesIn } from "./bubble";

export function OwnWords({ entry, mine }: { entry: Entry; mine: boolean }) {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const { desk, drafts } = useRoom();

  if (entry.taken_back) return <p class="gone-words">{say("own.gone")}</p>;
  const end = () => {
    setEditing(false);
    queueMicrotask(() => button.current?.focus());
  };
  // Though it may leave while it is being changed: what was typed stays until that is refused.
  if (editing) return <Editor entry={entry} onEnd={end} />;
  const takeBack = () => {
    const conversation = desk.thread.value?.conversationId;
    if (!conversation || !desk.takeBack(entry.seq)) return;
    drafts.giveBack(conversation, {
      text: entry.body ?? "",
      note: entry.kind === "note",
      wish: null,
    });
    document.getElementById(COMPOSER_ID)?.focus();
  };
  return (
    <>
      <div class="own-words">
        <Bubble
          text={entry.body ?? ""}
          marked={entry.author.side === "staff"}
          names={namesIn(entry.data)}
        />
        {mine && (
          <p class="own-acts">
            <button ref={button} type="button" class="plain small" onClick={() => setEditing(true)}>
              {say("own.edit")}
            </button>
            <button type="button" class="plain small" onClick={takeBack}>
              {say("own.takeBack")}
            </button>
          </p>
        )}
      </div>
      {entry.edited && <p class="mark-below">{say("own.edited")}</p>}
    </>
  );
}

function Editor({ entry, onEnd }: { entry: Entry; onEnd: () => void }) {
  const { desk } = useRoom();
  const [words, setWords] = useState(entry.body ?? "");
  const box = useRef<HTMLTextAreaElement>(null);
  // Before the next key: until it has the focus, a letter would be a key of the desk's.
  useLayoutEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(-1, -1);
  }, []);
  const save = () => {
    if (words.trim() === "") return;
    if (words === entry.body || desk.edit(entry.seq, words)) onEnd();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") onEnd();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
  };
  return (
    <form
      class="own-editor"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <textarea
        ref={box}
        aria-label={say("own.label")}
        value={words}
        dir="auto"
        rows={Math.min(12, words.split("\n").length + 1)}
        maxLength={10_000}
        onInput={(event) => setWords(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p class="own-choice">
        <button type="submit" class="button small" disabled={words.trim() === ""}>
          {say("own.save")}
        </button>
        <button type="button" class="plain small" onClick={onEnd}>
          {say("own.cancel")}
        </button>
        <span>{say("own.hint")}</span>
      </p>
    </form>
  );
}
