/** Where answers and notes are written. */

import { useEffect, useRef, useState } from "preact/hooks";
import { gaps, nameOf } from "../canned/fill";
import { useRoom } from "../context";
import { COMPOSER_ID, NOTE_ID } from "../desk/keys";
import { Icon } from "../icons";
import { snoozeChoices } from "../inbox/snooze-times";
import type { Thread } from "../thread/thread";
import { say } from "../words";
import { AttachButton } from "./attach-button";
import { ElsewhereLine } from "./elsewhere";
import { Enclosed } from "./enclosed";
import { Field, MOST } from "./field";
import { GapDialog } from "./gap-dialog";
import { LaterDialog } from "./later-dialog";
import { MailDialog } from "./mail-dialog";
import { NotBeforeDialog } from "./not-before";
import { RouteLine } from "./route";
import { SendButton } from "./send-button";
import { type SendMode, sendMode } from "./send-mode";
import { type After, useSending } from "./sending";
import { createTyping } from "./typing";
import { stillWished } from "./wish";
import { say as sayOwn } from "./words";

const WARN_BELOW = 500;

export function Composer() {
  const { desk } = useRoom();
  const thread = desk.thread.value;
  return thread && <Writing thread={thread} />;
}

/** What stands between a press of Enter and the message. */
type Asking = { is: "gap"; mode: SendMode } | { is: "snooze" } | { is: "later" } | { is: "mail" };

function Writing({ thread }: { thread: Thread }) {
  const { desk, drafts, draftSync, uploads } = useRoom();
  const typing = useRef(createTyping((on) => desk.typing(on)));
  const id = thread.conversationId;
  const draft = drafts.all.value.get(id) ?? { text: "", note: false };
  const { text, note } = draft;
  const wish = stillWished(draft.wish);
  const enclosed = uploads.all.value.get(id) ?? [];
  const [dropping, setDropping] = useState(false);
  const [resolves, setResolves] = useState(false);
  const [asking, setAsking] = useState<Asking | null>(null);
  const sending = useSending(thread);
  useEffect(
    () => () => {
      typing.current.stop();
      draftSync.flush();
    },
    [draftSync],
  );

  const mode = note ? "send" : resolves ? "resolve" : sendMode.value;
  const ready = sending.ready(draft);

  function enclose(files: FileList | null | undefined): boolean {
    if (!files?.length) return false;
    uploads.add(thread.storeId, id, [...files]);
    focus();
    return true;
  }

  function send(as: SendMode, anyway = false): void {
    if (!ready) return;
    if (!anyway && gaps(text).length > 0) setAsking({ is: "gap", mode: as });
    else if (as === "snooze") setAsking({ is: "snooze" });
    else go({ resolve: as === "resolve" });
  }

  function go(after: After): void {
    typing.current.stop();
    setAsking(null);
    setResolves(false);
    sending.send(draft, after);
    focus();
  }

  function toGap(): void {
    setAsking(null);
    const [gap] = gaps(text);
    // Only once a dialog is gone may anything behind it have the focus.
    setTimeout(() => gap && focus()?.setSelectionRange(gap.from, gap.to));
  }

  const left = MOST - text.length;
  const label = say(note ? "composer.note" : "composer.answer");
  return (
    <form
      class={`composer ${note ? "noting" : ""}`}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        send(mode);
      }}
    >
      <RouteLine
        thread={thread}
        note={note}
        wish={wish}
        onWish={(chosen) => drafts.set(id, { text, note, wish: chosen })}
      />
      <ElsewhereLine conversationId={id} note={note} />
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
        <Field
          thread={thread}
          text={text}
          note={note}
          label={label}
          onWrite={(value) => {
            drafts.set(id, { text: value, note, wish });
            if (!note) typing.current.key(value.trim() !== "");
          }}
          onResolving={() => setResolves(true)}
          onSend={(once) => send((!note && once) || mode)}
          onFiles={enclose}
          onLeave={() => typing.current.stop()}
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
              drafts.turn(id);
              focus();
            }}
          >
            <Icon name="note" /> {say("composer.note.toggle")}
          </button>
          {left < WARN_BELOW && <span class="left">{say("composer.left", { n: left })}</span>}
          <span class="hint">{say("composer.hint")}</span>
          <SendButton
            note={note}
            ready={ready}
            mode={mode}
            onLater={() => setAsking({ is: "later" })}
            onMail={() => setAsking({ is: "mail" })}
          />
        </div>
      </div>
      {asking?.is === "gap" && (
        <GapDialog
          name={gaps(text).map((gap) => nameOf(text, gap))[0] ?? ""}
          onFill={toGap}
          onSend={() => send(asking.mode, true)}
        />
      )}
      {asking?.is === "snooze" && (
        <NotBeforeDialog
          title={sayOwn("send.snooze.title")}
          take={sayOwn("send.snooze.take")}
          choices={snoozeChoices}
          onClose={() => setAsking(null)}
          onChoose={(until) => go({ snooze_until: until })}
        />
      )}
      {asking?.is === "later" && (
        <LaterDialog
          thread={thread}
          onClose={() => setAsking(null)}
          onChoose={(at) => {
            setAsking(null);
            setResolves(false);
            void sending.later(draft, mode === "resolve", at);
          }}
        />
      )}
      {asking?.is === "mail" && (
        <MailDialog thread={thread} text={text} onClose={() => setAsking(null)} />
      )}
    </form>
  );
}

function focus(): HTMLTextAreaElement | null {
  const area = document.getElementById(COMPOSER_ID);
  area?.focus();
  return area instanceof HTMLTextAreaElement ? area : null;
}
