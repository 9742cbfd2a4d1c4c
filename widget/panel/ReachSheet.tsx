import { useEffect, useRef, useState } from "preact/hooks";
import { AddressForm } from "./AddressForm";
import { CodeForm } from "./CodeForm";
import { usePart, useRoom } from "./context";
import { Icon } from "./icons";
import { notified } from "./notices";
import { usable } from "./offer";
import { PreferForm } from "./PreferForm";
import { forming } from "./parts";
import { afterwards } from "./reach";

/** "How we reach you": the addresses we have, and a way to give another. */
export function ReachSheet() {
  const { room, part, tongue } = usePart();
  const { view, push, mute } = useRoom();
  const { words } = tongue;
  const [more, setMore] = useState(false);
  const back = useRef<HTMLButtonElement>(null);
  const held = view.addresses.length;
  const reached = view.addresses.some(usable);
  const notices = part();
  const forms = forming.use(view.forms !== null && view.forms.transcript !== null);
  const reachable = view.sentences.length > 0 || !!view.welcome?.push;
  // Once it is chosen where to answer, the choice itself says what happens with what works.
  const shown = view.addresses.filter(
    (one) => !view.preference.length || !usable(one) || (one.code_sent && !one.proven),
  );

  useEffect(() => back.current?.focus(), []);
  // A new one came: the form has done its work.
  useEffect(() => setMore(false), [held]);

  return (
    <section class="sheet" aria-label={words.reachTitle}>
      <div class="title">
        <button
          ref={back}
          type="button"
          class="plain"
          aria-label={words.back}
          title={words.back}
          onClick={() => room.showReach(false)}
        >
          <Icon d="M12.5 4.5 7 10l5.5 5.5" />
        </button>
        <h2>{words.reachTitle}</h2>
      </div>
      {reachable && <p class="told">{words.reachAbout}</p>}
      {shown.map((address) => (
        <div class="card" key={address.address_id}>
          {usable(address) && address.code_sent && !address.proven ? (
            <CodeForm address={address} />
          ) : (
            <p class={usable(address) ? undefined : "problem"}>
              {afterwards(address, view.preference, tongue)}
            </p>
          )}
        </div>
      ))}
      <PreferForm />
      {reached && !more ? (
        <button type="button" class="link" onClick={() => setMore(true)}>
          {view.addresses.some((one) => one.channel !== "push") ? words.another : words.otherWay}
        </button>
      ) : (
        reachable && (
          <div class="card">
            <AddressForm />
          </div>
        )
      )}
      {forms && <forms.Transcript />}
      <label class="card switch">
        <input
          type="checkbox"
          checked={!mute}
          onChange={(event) => room.silence(!event.currentTarget.checked)}
        />
        <span>{words.sound}</span>
      </label>
      {notices && notified(view, push) && (
        <button type="button" class="link" onClick={() => notices.stop()}>
          {notices.words.stop}
        </button>
      )}
      {notices && push.came === "blocked" && (
        <details>
          <summary>{notices.words.why}</summary>
          <p>{notices.words.blocked}</p>
        </details>
      )}
    </section>
  );
}
