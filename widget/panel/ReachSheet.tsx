import { useEffect, useRef, useState } from "preact/hooks";
import { AddressForm } from "./AddressForm";
import { CodeForm } from "./CodeForm";
import { useHouse, useRoom } from "./context";
import { BackIcon } from "./icons";
import { usable } from "./offer";
import { afterwards } from "./reach";

/** "How we reach you": the addresses we have, and a way to give another. */
export function ReachSheet() {
  const { room, tongue } = useHouse();
  const { view } = useRoom();
  const { words } = tongue;
  const [more, setMore] = useState(false);
  const back = useRef<HTMLButtonElement>(null);
  const held = view.addresses.length;
  const reached = view.addresses.some(usable);

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
          <BackIcon />
        </button>
        <h2>{words.reachTitle}</h2>
      </div>
      <p class="told">{words.reachAbout}</p>
      {view.addresses.map((address) => (
        <div class="card" key={address.address_id}>
          {usable(address) && address.code_sent && !address.proven ? (
            <CodeForm address={address} />
          ) : (
            <p class={usable(address) ? undefined : "problem"}>{afterwards(address, tongue)}</p>
          )}
        </div>
      ))}
      {reached && !more ? (
        <button type="button" class="link" onClick={() => setMore(true)}>
          {words.another}
        </button>
      ) : (
        <div class="card">
          <AddressForm />
        </div>
      )}
    </section>
  );
}
