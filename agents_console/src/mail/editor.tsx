/** The store's own words, part by part, and its logo. */

import { useSignal } from "@preact/signals";
import { useRoom } from "../context";
import { language } from "../languages";
import type { PartFact } from "./requests";
import type { Room } from "./room";
import { say, word } from "./words";

export function Editor({ room }: { room: Room }) {
  const { languages, parts } = room.fact.value;
  return (
    <section class="mail-words">
      <fieldset class="segments" aria-label={say("language")}>
        {languages.map((tag) => (
          <button
            key={tag}
            type="button"
            aria-pressed={room.language.value === tag}
            onClick={() => (room.language.value = tag)}
          >
            {language(tag)}
          </button>
        ))}
      </fieldset>
      {parts.map((part) => (
        <Part key={`${room.language.value} ${part.name}`} room={room} part={part} />
      ))}
      <LogoField room={room} />
    </section>
  );
}

function Part({ room, part }: { room: Room; part: PartFact }) {
  const { name, most, names } = part;
  const { ours, may_change } = room.fact.value;
  const tag = room.language.value;
  const wrong = room.wrong(name);
  const shared = {
    id: `mail-${name}`,
    dir: "auto" as const,
    maxLength: most,
    readOnly: !may_change,
    value: room.words.value[tag]?.[name] ?? "",
    placeholder: ours[tag]?.[name] ?? "",
    "aria-describedby": `mail-${name}-about`,
    "aria-invalid": wrong ? (true as const) : undefined,
  };
  return (
    <div class="mail-field">
      <label for={`mail-${name}`}>{word("part", name)}</label>
      {name === "subject" ? (
        <input
          type="text"
          {...shared}
          onInput={(event) => room.write(name, event.currentTarget.value)}
        />
      ) : (
        <textarea
          rows={name === "footer" ? 3 : 2}
          {...shared}
          onInput={(event) => room.write(name, event.currentTarget.value)}
        />
      )}
      {wrong && (
        <p class="mail-wrong" role="alert">
          {say("broken", { words: wrong })}
        </p>
      )}
      <p class="small muted" id={`mail-${name}-about`}>
        {word("about", name)}{" "}
        {say("names", { names: names.map((each) => `{{\u00a0${each}\u00a0}}`).join(" ") })}
      </p>
    </div>
  );
}

function LogoField({ room }: { room: Room }) {
  const { desk } = useRoom();
  const notice = useSignal("");
  const { logo, may_change } = room.fact.value;
  const set = async (picture: string | null) => {
    notice.value = await room.setLogo(picture);
    if (!notice.value) {
      desk.toast.value = { words: say(picture ? "logo.set" : "logo.gone"), undo: null };
    }
  };
  return (
    <div class="mail-field">
      <h2>{say("logo")}</h2>
      {logo && (
        <p class="mail-logo">
          <img src={logo.source} width={logo.width} height={logo.height} alt={say("logo")} />
        </p>
      )}
      <p class="small muted">{say(logo ? "logo.about" : "logo.none")}</p>
      {notice.value && (
        <p class="mail-wrong" role="alert">
          {notice.value}
        </p>
      )}
      {may_change && (
        <div class="mail-logo-acts">
          <label class="button">
            {say("logo.choose")}
            <input
              class="hidden"
              type="file"
              accept="image/png,image/jpeg"
              onChange={async (event) => {
                const field = event.currentTarget;
                const file = field.files?.[0];
                if (file) await set(await base64(file));
                field.value = "";
              }}
            />
          </label>
          {logo && (
            <button type="button" class="plain" onClick={() => void set(null)}>
              {say("logo.remove")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
