/** How an agent looks to everybody else: a name and a picture. */

import { useId, useState } from "preact/hooks";
import { useOnce } from "../once";
import { Face } from "../together/face";
import { say } from "../words";
import type { Own, OwnRequests } from "./own";

const MOST_BYTES = 5_000_000;

interface WhoProps {
  own: Own;
  id: string;
  requests: OwnRequests;
  act(what: () => Promise<Own>): Promise<string | null>;
}

export function WhoIAm({ own, id, requests, act }: WhoProps) {
  return (
    <section>
      <h3>{say("me.who")}</h3>
      <OwnFace own={own} id={id} requests={requests} act={act} />
      <OwnName own={own} requests={requests} act={act} />
    </section>
  );
}

function OwnFace({ own, id, requests, act }: WhoProps) {
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, once] = useOnce();
  const during = (what: () => Promise<Own>) => once(async () => setWrong(await act(what)));

  function picked(field: HTMLInputElement): void {
    const file = field.files?.[0];
    // The same file chosen again is a change as well.
    field.value = "";
    if (!file) return;
    if (file.size > MOST_BYTES) setWrong(say("me.face.large"));
    else void during(() => requests.keepFace(file));
  }

  return (
    <>
      <div class="own-face" aria-busy={busy}>
        <Face name={own.name} id={id} face={own.face} size={64} />
        <label class="button">
          {say(own.face ? "me.face.other" : "me.face.pick")}
          <input
            type="file"
            accept="image/png,image/jpeg,image/webp"
            aria-disabled={busy}
            // Nobody chooses a picture that would not be taken.
            onClick={(event) => busy && event.preventDefault()}
            onChange={(event) => picked(event.currentTarget)}
          />
        </label>
        {own.face && (
          <button
            type="button"
            class="plain"
            aria-disabled={busy}
            onClick={() => void during(requests.removeFace)}
          >
            {say("me.face.remove")}
          </button>
        )}
      </div>
      <p class="field-wrong" role="alert">
        {wrong}
      </p>
      <p class="small muted own-hint">{say("me.face.hint")}</p>
    </>
  );
}

function OwnName({ own, requests, act }: Omit<WhoProps, "id">) {
  const id = useId();
  const [name, setName] = useState(own.name);
  const [wrong, setWrong] = useState<string | null>(null);
  const [kept, setKept] = useState(false);
  const [busy, once] = useOnce();
  const typed = name.trim();
  const same = typed === own.name;

  async function keep(): Promise<void> {
    const refused = typed ? await act(() => requests.rename(typed)) : say("me.name.missing");
    setWrong(refused);
    setKept(refused === null);
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!same) void once(keep);
      }}
    >
      <div class="field">
        <label for={id}>{say("me.name")}</label>
        <span class="field-row">
          <input
            id={id}
            dir="auto"
            autocomplete="name"
            maxLength={60}
            value={name}
            aria-invalid={wrong !== null}
            aria-describedby={`${id}-said`}
            onInput={(event) => {
              setName(event.currentTarget.value);
              setWrong(null);
              setKept(false);
            }}
          />
          <button type="submit" class="button" aria-disabled={same || busy}>
            {say("me.name.keep")}
          </button>
        </span>
      </div>
      <p id={`${id}-said`} class="small muted">
        {say("me.name.hint")}
      </p>
      <p class="field-wrong" role="alert">
        {wrong}
      </p>
      <p class="small muted" role="status">
        {kept && say("me.name.kept")}
      </p>
    </form>
  );
}
