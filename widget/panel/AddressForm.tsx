import { useId, useState } from "preact/hooks";
import type { Sentence } from "../link/protocol.gen";
import { usePart, useRoom } from "./context";
import { offersPush } from "./notices";
import { PhoneForm } from "./PhoneForm";
import { Problem, useProblem } from "./Problem";
import { languageOf, likeMail, sentenceFor } from "./reach";

type Typed = Sentence["channel"];
type Way = Typed | "push";

interface Asked {
  /** The ways that will do; else all that there are. */
  readonly only?: readonly Way[] | undefined;
  /** Done before the address is left; false keeps it here. */
  readonly first?: (() => boolean) | undefined;
}

/** Pick how to be reached; read what one agrees to, agree. */
export function AddressForm({ only, first }: Asked) {
  const { room, tongue } = usePart();
  const { view, push } = useRoom();
  const { words } = tongue;
  const id = useId();
  const [picked, setPicked] = useState<Way | null>(null);
  const ways: Way[] = (["sms", "whatsapp", "email"] as const).filter((way) =>
    view.sentences.some((sentence) => sentence.channel === way),
  );
  // Who picked it reads there why it does not work.
  if (offersPush(view, push) || (picked === "push" && view.welcome?.push)) ways.push("push");
  const offered = only ? ways.filter((one) => only.includes(one)) : ways;
  const way = offered.find((one) => one === picked) ?? offered[0];
  if (!way) return null;

  const choose = (next: Way) => {
    setPicked(next);
    room.forgive();
  };
  const names = {
    sms: words.byText,
    whatsapp: words.onWhatsapp,
    email: words.byMail,
    push: words.byPush,
  };
  return (
    <div class="reach">
      {offered.length > 1 && (
        <fieldset class="ways">
          <legend class="hush">{words.way}</legend>
          {offered.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name={`${id}way`}
                checked={way === one}
                onChange={() => choose(one)}
              />
              <span class={way === one ? "way on" : "way"}>{names[one]}</span>
            </label>
          ))}
        </fieldset>
      )}
      {way === "push" && <PushForm first={first} />}
      {way === "email" && <MailForm first={first} />}
      {(way === "sms" || way === "whatsapp") && <PhoneForm key={way} way={way} first={first} />}
    </div>
  );
}

/** Type a mailbox. */
function MailForm({ first }: Asked) {
  const { room, tongue } = usePart();
  const { view, asked } = useRoom();
  const { words } = tongue;
  const id = useId();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const problem = useProblem("leave_address", wrong);
  const sentence = sentenceFor(view.sentences, "email", "");
  if (!sentence) return null;

  const submit = (event: Event) => {
    event.preventDefault();
    const value = typed.trim();
    if (!likeMail(value)) setWrong(words.refusals.no_mailbox);
    else if (!first || first()) {
      room.ask({ t: "leave_address", channel: "email", value, sentence_id: sentence.id });
    }
  };
  return (
    // Our own sentences, beside the field and in the store's language, rather than the browser's.
    <form onSubmit={submit} noValidate>
      <label class="field" for={`${id}value`}>
        <span class="label">{words.mail}</span>
        <input
          id={`${id}value`}
          type="email"
          inputMode="email"
          autocomplete="email"
          dir="ltr"
          value={typed}
          aria-invalid={problem !== null}
          aria-describedby={`${id}about`}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(null);
            room.forgive();
          }}
        />
      </label>
      <div id={`${id}about`}>
        <Problem text={problem} />
        <p class="consent" dir="auto" lang={languageOf(sentence.id)}>
          {sentence.text}
        </p>
      </div>
      <button type="submit" class="primary" disabled={asked !== null}>
        {words.mailMe}
      </button>
    </form>
  );
}

/** Nothing to type: the browser asks, in the shop's page or in a little window. */
function PushForm({ first }: Asked) {
  const part = usePart().part();
  const { view, asked, push } = useRoom();
  const wrong = push.came && push.came !== "can" ? part?.words[push.came] : null;
  const problem = useProblem("subscribe", wrong ?? null);
  if (!part) return null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!first || first()) part.allow();
      }}
    >
      <div>
        <Problem text={problem} />
        {!problem && <p class="hint">{part.words.hint}</p>}
        <p class="consent" dir="auto" lang={languageOf(view.welcome?.push?.sentence ?? "")}>
          {view.welcome?.push?.words}
        </p>
      </div>
      <button type="submit" class="primary" disabled={asked !== null}>
        {part.words.notifyMe}
      </button>
    </form>
  );
}
