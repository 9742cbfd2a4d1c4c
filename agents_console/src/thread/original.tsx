/** A mail as it came. Its page is shown where it can run nothing, load nothing and reach nothing. */

import { useState } from "preact/hooks";
import type { Entry } from "../../../widget/link/protocol.gen";
import { sizeOf } from "../../../widget/link/sizes";
import { type OriginalFact, type OriginalFile, originalAt } from "../api";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import type { Which } from "../place";
import { locale, say, sayMany } from "../words";
import { useFetched } from "./fetched";
import { Vouched } from "./vouched";

interface OriginalProps {
  where: Which;
  entry: Entry;
  onClose(): void;
}

export function OriginalDialog({ where, entry, onClose }: OriginalProps) {
  const { desk } = useRoom();
  const { storeId, conversationId } = where;
  const asked = useFetched(entry.id, () => desk.api.original(storeId, conversationId, entry.id));
  const subject = asked.at === "here" ? asked.fact.subject : "";
  return (
    <Dialog title={subject || say("original.title")} wide onClose={onClose}>
      {asked.at === "asking" && <p class="muted">{say("thread.loading")}</p>}
      {asked.at === "refused" && <p role="alert">{asked.words}</p>}
      {asked.at === "here" && (
        <>
          <Vouched entry={entry} />
          <Mail fact={asked.fact} at={originalAt(storeId, conversationId, entry.id)} />
        </>
      )}
    </Dialog>
  );
}

function Mail({ fact, at }: { fact: OriginalFact; at: string }) {
  const [plain, setPlain] = useState(!fact.has_page);
  return (
    <div class="original">
      {!fact.unreadable && <Head fact={fact} />}
      {fact.unreadable && <p role="alert">{say("original.unreadable")}</p>}
      {/* Of a mail without words they are its text already. */}
      {(fact.text === fact.notes.join("\n") ? [] : fact.notes).map((note) => (
        <p class="original-note" dir="auto">
          <Icon name="note" size={14} /> <span>{note}</span>
        </p>
      ))}
      {fact.has_page && (
        <fieldset class="segments" aria-label={say("original.as")}>
          <button type="button" aria-pressed={!plain} onClick={() => setPlain(false)}>
            {say("original.html")}
          </button>
          <button type="button" aria-pressed={plain} onClick={() => setPlain(true)}>
            {say("original.text")}
          </button>
        </fieldset>
      )}
      {plain ? <Words text={fact.text} /> : <Page heldBack={fact.held_back} at={at} />}
      {fact.files.length > 0 && <Files files={fact.files} at={at} />}
      <p>
        <a class="original-save" href={`${at}/raw`} download>
          <Icon name="down" size={14} /> {say("original.raw")}
        </a>
      </p>
    </div>
  );
}

function Head({ fact }: { fact: OriginalFact }) {
  const rows = { from: fact.sender, to: fact.to, date: fact.date };
  return (
    <dl class="original-head">
      {(["from", "to", "date"] as const).map(
        (name) =>
          rows[name] && (
            <div key={name}>
              <dt>{say(`original.${name}`)}</dt>
              <dd dir="auto">{rows[name]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Words({ text }: { text: string }) {
  if (text.trim() === "") return <p class="muted">{say("original.wordless")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller must be reachable by keyboard
    <pre class="original-text" dir="auto" tabIndex={0}>
      {text}
    </pre>
  );
}

/**
 * The frame forbids scripts, forms and our origin, and so does the page's own policy, which forbids
 * every request as well until somebody asks for the pictures. A link opens a tab of its own.
 */
function Page({ heldBack, at }: { heldBack: number; at: string }) {
  const [pictures, setPictures] = useState(false);
  return (
    <>
      {heldBack > 0 && (
        <div class="original-held">
          <p class="small">
            {pictures ? say("original.fetched") : sayMany("original.held", heldBack)}
          </p>
          {!pictures && (
            <button type="button" class="button" onClick={() => setPictures(true)}>
              {say("original.pictures")}
            </button>
          )}
        </div>
      )}
      <iframe
        class="original-html"
        title={say("original.html")}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="no-referrer"
        src={`${at}/page${pictures ? "?pictures=1" : ""}`}
      />
    </>
  );
}

function Files({ files, at }: { files: readonly OriginalFile[]; at: string }) {
  return (
    <section class="original-files">
      <h3>{say("original.files")}</h3>
      <ul>
        {files.map((file) => (
          <li key={file.number}>
            <a
              class="original-save"
              href={`${at}/files/${file.number}`}
              download={file.name}
              aria-label={say("original.save", { name: file.name })}
            >
              <Icon name="down" size={14} /> <bdi>{file.name}</bdi>
            </a>
            <span class="small muted">
              {sizeOf(file.size, locale)}
              {file.inline && `, ${say("original.in_page")}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
