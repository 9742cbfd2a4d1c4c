import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useHouse, useRoom } from "./context";
import { SendIcon } from "./icons";

/** The gateway takes so many characters, counted by code point. */
export const MOST_BODY = 10_000;

export function Composer() {
  const { room, tongue } = useHouse();
  const { draft, page } = useRoom();
  const { words, say } = tongue;
  const field = useRef<HTMLTextAreaElement>(null);
  const over = [...draft.trim()].length - MOST_BODY;
  const idle = draft.trim() === "" || over > 0;

  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [draft]);

  useEffect(() => {
    // On a phone this would raise the keyboard over the conversation.
    if (page.open && !matchMedia("(pointer: coarse)").matches) field.current?.focus();
  }, [page.open]);

  const send = () => {
    if (idle) return;
    room.send();
    field.current?.focus();
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
      <div class="write">
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
