/** A mail as it will look: on a phone and a desk, by day and night, without pictures, as text. */

import { useSignal } from "@preact/signals";
import type { Room } from "./room";
import { type Scheme, sealed } from "./seal";
import { type Key, say } from "./words";

type Width = "phone" | "desktop";
type Kind = "html" | "text";

export function Preview({ room }: { room: Room }) {
  const width = useSignal<Width>("phone");
  const scheme = useSignal<Scheme>(
    matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
  );
  const kind = useSignal<Kind>("html");
  const pictures = useSignal(true);
  const shown = room.preview.value;
  const failed = room.failed.value;
  return (
    <section class="mail-preview" aria-labelledby="mail-preview">
      <h2 id="mail-preview">{say("preview")}</h2>
      <div class="mail-tools">
        <Of room={room} />
        <Choice name="kind" of={["html", "text"]} chosen={kind} />
        {kind.value === "html" && (
          <>
            <Choice name="width" of={["phone", "desktop"]} chosen={width} />
            <Choice name="scheme" of={["light", "dark"]} chosen={scheme} />
            {room.fact.value.logo && (
              <label class="mail-tick">
                <input
                  type="checkbox"
                  checked={pictures.value}
                  onChange={(event) => (pictures.value = event.currentTarget.checked)}
                />{" "}
                {say("pictures")}
              </label>
            )}
          </>
        )}
      </div>
      {failed && <p role="alert">{say("preview.failed", { words: failed })}</p>}
      {shown && (
        <div class={`mail-shown ${kind.value === "html" ? width.value : "desktop"}`}>
          <dl class="mail-head">
            {(["from", "subject"] as const).map((name) => (
              <div key={name}>
                <dt>{say(`preview.${name}`)}</dt>
                <dd dir="auto">{shown[name]}</dd>
              </div>
            ))}
          </dl>
          {kind.value === "text" ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller must be reachable by keyboard
            <pre class="mail-text" dir="auto" tabIndex={0}>
              {shown.text}
            </pre>
          ) : (
            <iframe
              class={`mail-html ${scheme.value}`}
              title={say("preview")}
              sandbox=""
              referrerpolicy="no-referrer"
              srcdoc={sealed(shown.html, scheme.value, pictures.value)}
            />
          )}
        </div>
      )}
    </section>
  );
}

function Of({ room }: { room: Room }) {
  const { conversations } = room.fact.value;
  return (
    <label class="mail-of">
      {say("preview.of")}{" "}
      <select
        value={room.number.value ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          room.number.value = value ? Number(value) : null;
        }}
      >
        <option value="">{say("preview.made-up")}</option>
        {conversations.map(({ number, shopper }) => (
          <option key={number} value={number}>
            #{number} {shopper}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ChoiceProps<T extends string> {
  name: "kind" | "width" | "scheme";
  of: readonly T[];
  chosen: { value: T };
}

function Choice<T extends string>({ name, of, chosen }: ChoiceProps<T>) {
  return (
    <fieldset class="segments" aria-label={say(name)}>
      {of.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={chosen.value === each}
          onClick={() => (chosen.value = each)}
        >
          {say(`${name}.${each}` as Key)}
        </button>
      ))}
    </fieldset>
  );
}
