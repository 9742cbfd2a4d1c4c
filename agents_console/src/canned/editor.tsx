/** One canned reply, being written. */

import { useId, useRef, useState } from "preact/hooks";
import type { ApiError } from "../api";
import { plainly } from "../desk/plainly";
import { Dialog } from "../dialog";
import { language as called } from "../languages";
import { useOnce } from "../once";
import { VARIABLES } from "./fill";
import type { CannedBook, CannedFact, CannedWords } from "./shelf";
import { say } from "./words";

interface EditorProps {
  /** Null: a new one. */
  fact: CannedFact | null;
  book: CannedBook;
  onKeep(words: CannedWords): Promise<ApiError | null>;
  onClose(): void;
}

const MOST_BODY = 10_000;

export function CannedEditor({ fact, book, onKeep, onClose }: EditorProps) {
  const [words, setWords] = useState<CannedWords>(
    fact ?? {
      shortcut: "",
      name: "",
      bodies: { [book.language]: "" },
      own: !book.may_change,
      resolves: false,
    },
  );
  const [tongue, setTongue] = useState(
    book.language in words.bodies ? book.language : (Object.keys(words.bodies)[0] ?? book.language),
  );
  const [wrong, setWrong] = useState("");
  const [busy, once] = useOnce();
  const area = useRef<HTMLTextAreaElement>(null);
  const ids = { shortcut: useId(), name: useId(), body: useId(), wrong: useId(), what: useId() };
  const set = (to: Partial<CannedWords>) => {
    setWords({ ...words, ...to });
    setWrong("");
  };
  const setBody = (text: string) => set({ bodies: { ...words.bodies, [tongue]: text } });

  async function save(): Promise<void> {
    const { shortcut, name, own, resolves } = words;
    const written = Object.entries(words.bodies).filter(([, body]) => body.trim() !== "");
    const bodies = Object.fromEntries(written);
    const error = await onKeep({
      shortcut: shortcut.trim(),
      name: name.trim(),
      bodies,
      own,
      resolves,
    });
    // The gateway's own sentence says best what is wrong with a shortcut or a name.
    if (error) setWrong([400, 409].includes(error.status) ? error.message : plainly(error));
  }

  function insert(variable: string): void {
    const box = area.current;
    if (!box) return;
    box.setRangeText(`{{${variable}}}`, box.selectionStart, box.selectionEnd, "end");
    setBody(box.value);
    box.focus();
  }

  return (
    <Dialog
      title={fact ? say("form.edit", { shortcut: fact.shortcut }) : say("form.new")}
      wide
      onClose={onClose}
    >
      <form
        class="canned-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void once(save);
        }}
      >
        <div class="canned-pair">
          <div class="field">
            <label for={ids.shortcut}>{say("shortcut")}</label>
            <input
              id={ids.shortcut}
              autofocus
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              maxLength={32}
              value={words.shortcut}
              aria-describedby={`${ids.what} ${ids.wrong}`}
              onInput={(event) => set({ shortcut: event.currentTarget.value })}
            />
            <p id={ids.what} class="small muted">
              {say("shortcut.what")}
            </p>
          </div>
          <div class="field">
            <label for={ids.name}>{say("name")}</label>
            <input
              id={ids.name}
              autocomplete="off"
              maxLength={80}
              dir="auto"
              value={words.name}
              onInput={(event) => set({ name: event.currentTarget.value })}
            />
            <p class="small muted">{say("name.what")}</p>
          </div>
        </div>
        <Tongues
          book={book}
          bodies={words.bodies}
          chosen={tongue}
          onChoose={(tag) => {
            if (!(tag in words.bodies)) set({ bodies: { ...words.bodies, [tag]: "" } });
            setTongue(tag);
          }}
        />
        <div class="field">
          <label for={ids.body}>
            {Object.keys(words.bodies).length > 1
              ? say("body.in", { language: called(tongue) })
              : say("body")}
          </label>
          <textarea
            id={ids.body}
            ref={area}
            rows={6}
            dir="auto"
            lang={tongue}
            maxLength={MOST_BODY}
            value={words.bodies[tongue] ?? ""}
            onInput={(event) => setBody(event.currentTarget.value)}
          />
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be read out at each button */}
          <div class="canned-variables" role="group" aria-label={say("variables")}>
            {VARIABLES.map((each) => (
              <button
                key={each}
                type="button"
                class="chip-button"
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => insert(each)}
              >
                {say(`variable.${each}`)}
              </button>
            ))}
          </div>
          <p class="small muted">{say("body.what")}</p>
        </div>
        {book.may_change && (
          <fieldset class="canned-for">
            <legend>{say("for")}</legend>
            {[false, true].map((own) => (
              <label key={String(own)}>
                <input
                  type="radio"
                  name="for"
                  checked={words.own === own}
                  onChange={() => set({ own })}
                />{" "}
                {say(own ? "for.own" : "for.store")}
              </label>
            ))}
          </fieldset>
        )}
        <label class="canned-resolves">
          <input
            type="checkbox"
            checked={words.resolves}
            onChange={(event) => set({ resolves: event.currentTarget.checked })}
          />{" "}
          {say("resolves.label")}
        </label>
        <p id={ids.wrong} class="field-wrong" role="alert">
          {wrong}
        </p>
        <p class="dialog-acts">
          <button type="button" class="button" onClick={onClose}>
            {say("cancel")}
          </button>
          <button type="submit" class="primary" aria-disabled={busy}>
            {say("save")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

interface TonguesProps {
  book: CannedBook;
  bodies: Readonly<Record<string, string>>;
  chosen: string;
  onChoose(tag: string): void;
}

function Tongues({ book, bodies, chosen, onChoose }: TonguesProps) {
  const others = book.languages.filter((tag) => !(tag in bodies));
  return (
    <div class="canned-tongues">
      {Object.keys(bodies).length > 1 &&
        Object.keys(bodies).map((tag) => (
          <button
            key={tag}
            type="button"
            class="chip-button"
            aria-pressed={tag === chosen}
            onClick={() => onChoose(tag)}
          >
            {called(tag)}
          </button>
        ))}
      {others.length > 0 && (
        <select
          aria-label={say("language.add")}
          title={say("language.what", { language: called(book.language) })}
          value=""
          onChange={(event) => {
            if (event.currentTarget.value) onChoose(event.currentTarget.value);
            event.currentTarget.value = "";
          }}
        >
          <option value="">{say("language.add")}</option>
          {others.map((tag) => (
            <option key={tag} value={tag}>
              {called(tag)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
