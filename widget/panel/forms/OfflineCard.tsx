import { useId, useRef, useState } from "preact/hooks";
import { usePart, useRoom } from "../context";
import { Problem } from "../Problem";
import type * as Reach from "../reaching";
import { wordsOf } from "./when";

interface Offline {
  readonly reach: typeof Reach;
  /** The message is on its way; what is left is how to answer it. */
  readonly sent: boolean;
  onSent(): void;
  onLeave(): void;
}

/** Nobody is there: the message, and where to answer it. It is the same message and the same address. */
export function OfflineCard({ reach, sent, onSent, onLeave }: Offline) {
  const { room } = usePart();
  const { view, draft } = useRoom();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const words = wordsOf(view);

  const send = () => {
    if (sent) return true;
    if (!draft.trim()) {
      setWrong(words.write_first);
      field.current?.focus();
      return false;
    }
    onSent();
    room.send();
    return true;
  };
  return (
    <section class="card asks" aria-label={words.offline}>
      <h2>{words.offline}</h2>
      {!sent && (
        <>
          <label class="field" for={`${id}draft`}>
            <span class="label">{words.question}</span>
            <textarea
              ref={field}
              id={`${id}draft`}
              class="long"
              rows={3}
              dir={draft ? "auto" : undefined}
              value={draft}
              aria-invalid={wrong !== null}
              aria-describedby={`${id}about`}
              onInput={(event) => {
                room.write(event.currentTarget.value);
                setWrong(null);
              }}
            />
          </label>
          <div id={`${id}about`}>
            <Problem text={wrong} />
          </div>
        </>
      )}
      <reach.AddressForm first={send} />
      <button
        type="button"
        class="link"
        onClick={() => {
          if (sent) onLeave();
          else if (draft.trim()) room.send();
          else send();
        }}
      >
        {sent ? words.later : words.just_send}
      </button>
    </section>
  );
}
