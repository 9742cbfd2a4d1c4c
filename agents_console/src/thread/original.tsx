/** A mail as it came. Its HTML is shown where it can run nothing, load nothing and reach nothing. */

import { useState } from "preact/hooks";
import type { OriginalFact } from "../api";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import type { Which } from "../place";
import { say } from "../words";
import { useFetched } from "./fetched";

interface OriginalProps {
  where: Which;
  entryId: string;
  onClose(): void;
}

export function OriginalDialog({ where, entryId, onClose }: OriginalProps) {
  const { desk } = useRoom();
  const { storeId, conversationId } = where;
  const asked = useFetched(entryId, () => desk.api.original(storeId, conversationId, entryId));
  const subject = asked.at === "here" ? asked.fact.subject : "";
  return (
    <Dialog title={subject || say("original.title")} wide onClose={onClose}>
      {asked.at === "asking" && <p class="muted">{say("thread.loading")}</p>}
      {asked.at === "refused" && <p role="alert">{asked.words}</p>}
      {asked.at === "here" && <Mail fact={asked.fact} />}
    </Dialog>
  );
}

function Mail({ fact }: { fact: OriginalFact }) {
  const [plain, setPlain] = useState(fact.html === null);
  return (
    <div class="original">
      <dl class="original-head">
        {(["from", "to", "date"] as const).map((name) => (
          <div key={name}>
            <dt>{say(`original.${name}`)}</dt>
            <dd dir="auto">{fact[name]}</dd>
          </div>
        ))}
      </dl>
      {fact.html !== null && (
        <fieldset class="segments" aria-label={say("original.as")}>
          <button type="button" aria-pressed={!plain} onClick={() => setPlain(false)}>
            {say("original.html")}
          </button>
          <button type="button" aria-pressed={plain} onClick={() => setPlain(true)}>
            {say("original.text")}
          </button>
        </fieldset>
      )}
      {plain || fact.html === null ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroller must be reachable by keyboard
        <pre class="original-text" dir="auto" tabIndex={0}>
          {fact.text}
        </pre>
      ) : (
        <>
          <iframe
            class="original-html"
            title={say("original.html")}
            sandbox=""
            referrerpolicy="no-referrer"
            srcdoc={sealed(fact.html)}
          />
          <p class="small muted">{say("original.images")}</p>
        </>
      )}
    </div>
  );
}

/**
 * The sandbox forbids scripts, forms, pop-ups and our origin. The policy in front forbids every
 * request as well: a picture loaded from the sender would tell them who reads, when and where.
 */
export function sealed(html: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return (
    `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">` +
    `<meta name="color-scheme" content="light"><style>body{margin:16px;` +
    `font:14px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%}</style>${html}`
  );
}
