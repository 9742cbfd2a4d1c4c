import { useEffect, useId, useState } from "preact/hooks";
import type { AddressFact, Prefer } from "../link/protocol.gen";
import { usePart, useRoom } from "./context";
import { usable } from "./offer";
import { Problem, useProblem } from "./Problem";

type Way = Prefer["channels"][number];

/** "Where shall we answer?", once there is an address; the best comes first, the store's order after. */
export function PreferForm() {
  const { room, tongue } = usePart();
  const { view, asked } = useRoom();
  const { words, say } = tongue;
  const id = useId();
  const [picked, setPicked] = useState<Way | null>(null);
  const [told, setTold] = useState(false);
  const problem = useProblem("prefer", null);
  const saved = view.preference[0] ?? null;
  const chosen = picked ?? saved;
  // It was saved, here or in another tab.
  useEffect(() => setPicked(null), [saved]);

  const at = (channel: AddressFact["channel"]) =>
    view.addresses.filter((one) => one.channel === channel && usable(one)).map((one) => one.value);
  const [texts, mails, browsers, apps] = [at("sms"), at("email"), at("push"), at("app")];
  const whatsapps = at("whatsapp");
  const held = [texts, whatsapps, mails, browsers, apps];
  if (held.every((each) => each.length === 0)) return null;
  const ways: [Way, string][] = [["chat", words.preferChat]];
  if (mails.length) ways.unshift(["email", say(words.preferMail, { to: mails.join(", ") })]);
  if (browsers.length) ways.unshift(["push", words.preferPush]);
  if (apps.length) ways.unshift(["app", words.preferApp]);
  if (whatsapps.length) {
    ways.unshift(["whatsapp", say(words.preferWhatsapp, { to: whatsapps.join(", ") })]);
  }
  if (texts.length) ways.unshift(["sms", say(words.preferText, { to: texts.join(", ") })]);

  const submit = (event: Event) => {
    event.preventDefault();
    if (!chosen || asked) return;
    setTold(true);
    if (chosen !== saved) room.ask({ t: "prefer", channels: [chosen] });
  };
  const done: Partial<Record<Way, string>> = {
    sms: words.savedText,
    whatsapp: words.savedWhatsapp,
    email: words.savedMail,
    push: words.savedPush,
    app: words.savedApp,
    chat: words.savedChat,
  };
  return (
    <div class="card">
      <form onSubmit={submit}>
        <fieldset class="picks">
          <legend>{words.prefer}</legend>
          {ways.map(([way, label]) => (
            <label class="pick" key={way}>
              <input
                type="radio"
                name={`${id}way`}
                checked={chosen === way}
                onChange={() => {
                  setPicked(way);
                  setTold(false);
                  room.forgive();
                }}
              />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        <Problem text={problem} />
        <p class="hint" role="status">
          {told && chosen && chosen === saved ? done[chosen] : ""}
        </p>
        <button type="submit" class="primary">
          {words.save}
        </button>
      </form>
    </div>
  );
}
