import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useHouse, useRoom } from "./context";
import { ClipIcon, SendIcon } from "./icons";
import { filing } from "./parts";
import { picked, underway } from "./uploads";

/** The gateway takes so many characters, counted by code point. */
export const MOST_BODY = 10_000;

export function Composer() {
  const { room, tongue } = useHouse();
  const { draft, page, uploads } = useRoom();
  const { words, say } = tongue;
  const field = useRef<HTMLTextAreaElement>(null);
  const take = () => field.current?.focus();
  const over = [...draft.trim()].length - MOST_BODY;
  const files = useRef<HTMLInputElement>(null);
  const tray = filing.use(uploads.length > 0);
  const empty = draft.trim() === "" && !uploads.some((each) => each.here);
  const idle = empty || over > 0 || underway(uploads);

  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [draft]);

  useEffect(() => {
    // On a phone this would raise the keyboard over the conversation.
    if (!page.open || matchMedia("(pointer: coarse)").matches) return;
    // Who goes on writing in the shop's page while the chat comes is not interrupted.
    if (document.hasFocus()) return take();
    addEventListener("focus", take, { once: true });
    return () => removeEventListener("focus", take);
  }, [page.open]);

  const send = () => {
    if (idle) return;
    room.send();
    take();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {over > 0 && (
        <p class="problem" id="too-long">
          {say(words.tooLong, { n: over })}
        </p>
      )}
      {tray && <tray.Tray />}
      <div class="write">
        <input
          ref={files}
          hidden
          type="file"
          multiple
          onChange={({ currentTarget }) => {
            room.carry([...uploads, ...picked(currentTarget.files ?? [])]);
            // The same file may be picked once more.
            currentTarget.value = "";
            take();
          }}
        />
        <button
          type="button"
          class="plain attach"
          aria-label={words.attach}
          title={words.attach}
          onClick={() => files.current?.click()}
        >
          <ClipIcon />
        </button>
        <textarea
          ref={field}
          rows={1}
          // Empty, it would count as left to right, and so would the words that stand in it.
          dir={draft ? "auto" : undefined}
          aria-label={words.write}
          placeholder={words.write}
          aria-invalid={over > 0}
          aria-describedby={over > 0 ? "too-long" : undefined}
          value={draft}
          onInput={(event) => room.write(event.currentTarget.value)}
          onPaste={(event) => {
            const pasted = event.clipboardData?.files;
            if (!pasted?.length) return;
            event.preventDefault();
            room.carry([...uploads, ...picked(pasted)]);
          }}
          onKeyDown={(event) => {
            // While an input method composes, Enter chooses a word.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label={words.send}
          title={words.send}
          disabled={idle}
        >
          <SendIcon />
        </button>
      </div>
    </form>
  );
}
