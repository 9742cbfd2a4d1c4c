/** Where answers and notes are written. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useRoom } from "../context";
import { COMPOSER_ID, NOTE_ID } from "../desk/keys";
import { Icon } from "../icons";
import { sends } from "../keyboard";
import { say } from "../words";
import { Enclosed } from "./enclosed";
import { RouteLine } from "./route";
import { createTyping } from "./typing";
import { stillWished } from "./wish";

/** Characters that one message may have; the gateway refuses more. */
const MOST = 10_000;
const WARN_BELOW = 500;
const TALLEST_PX = 240;

export function Composer() {
  const { desk, drafts, uploads } = useRoom();
  const area = useRef<HTMLTextAreaElement>(null);
  const typing = useRef(createTyping((on) => desk.typing(on)));
  const thread = desk.thread.value;
  const id = thread?.conversationId ?? "";
  const draft = drafts.all.value.get(id) ?? { text: "", note: false };
  const { text, note } = draft;
  const wish = stillWished(draft.wish);
  const enclosed = uploads.all.value.get(id) ?? [];
  const [dropping, setDropping] = useState(false);
  useEffect(() => () => typing.current.stop(), []);
  useLayoutEffect(() => grow(area.current), [text]);
  if (!thread) return null;

  // What is still going up, or was refused, is sent by nobody's mistake.
  const settled = enclosed.every((each) => each.here !== null);
  const ready = settled && (text.trim() !== "" || enclosed.length > 0);

  function enclose(files: FileList | null | undefined): boolean {
    if (!thread || !files?.length) return false;
    uploads.add(thread.storeId, id, [...files]);
    area.current?.focus();
    return true;
  }

  function send(): void {
    const body = text.trim();
    if (!ready || !thread?.log) return;
    typing.current.stop();
    const files = uploads.take(id).map((each) => each.id);
    desk.answer(body, note, note ? null : stillWished(wish), files);
    // A second remark for the team must not go to the shopper by habit; a wish is for one answer.
    drafts.set(id, { text: "", note, wish: note ? wish : null });
    area.current?.focus();
  }

  const left = MOST - text.length;
  const label = say(note ? "composer.note" : "composer.answer");
  return (
    <form
      class={`composer ${note ? "noting" : ""}`}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <RouteLine
        thread={thread}
        note={note}
        wish={wish}
        onWish={(chosen) => drafts.set(id, { text, note, wish: chosen })}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way, the button is the first */}
      <div
        class={`write ${dropping ? "dropping" : ""}`}
        onDragOver={(event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          event.preventDefault();
          setDropping(true);
        }}
        onDragLeave={() => setDropping(false)}
        onDrop={(event) => {
          setDropping(false);
          if (enclose(event.dataTransfer?.files)) event.preventDefault();
        }}
      >
        <Enclosed
          uploads={enclosed}
          onRemove={(key) => uploads.remove(id, key)}
          onAgain={(key) => uploads.again(thread.storeId, id, key)}
        />
        <textarea
          id={COMPOSER_ID}
          ref={area}
          rows={1}
          dir="auto"
          maxLength={MOST}
          aria-label={label}
          placeholder={label}
          value={text}
          onInput={(event) => {
            const value = event.currentTarget.value;
            drafts.set(id, { ...draft, text: value });
            if (!note) typing.current.key(value.trim() !== "");
          }}
          onBlur={() => typing.current.stop()}
          onPaste={(event) => {
            if (enclose(event.clipboardData?.files)) event.preventDefault();
          }}
          onKeyDown={(event) => {
            if (!sends(event)) return;
            event.preventDefault();
            send();
          }}
        />
        <div class="tools">
          <AttachButton onFiles={enclose} />
          <button
            id={NOTE_ID}
            type="button"
            class="plain toggle"
            aria-pressed={note}
            title={say("composer.note.what")}
            onClick={() => {
              typing.current.stop();
              drafts.set(id, { ...draft, note: !note });
              area.current?.focus();
            }}
          >
            <Icon name="note" /> {say("composer.note.toggle")}
          </button>
          {left < WARN_BELOW && <span class="left">{say("composer.left", { n: left })}</span>}
          <span class="hint">{say("composer.hint")}</span>
          <button type="submit" class="primary" disabled={!ready || !thread.log}>
            {say(note ? "composer.send.note" : "composer.send")}
          </button>
        </div>
      </div>
    </form>
  );
}

function AttachButton({ onFiles }: { onFiles(files: FileList | null): boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles(event.currentTarget.files);
          // The same file again is a change again.
          event.currentTarget.value = "";
        }}
      />
      <button
        type="button"
        class="plain attach"
        aria-label={say("composer.attach")}
        title={say("composer.attach")}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
    </>
  );
}

function grow(area: HTMLTextAreaElement | null): void {
  if (!area) return;
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, TALLEST_PX)}px`;
}
