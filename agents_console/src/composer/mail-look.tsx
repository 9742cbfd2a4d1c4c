/** The mail that would bring an answer: the letter itself, in a frame where nothing runs. */

import { useState } from "preact/hooks";
import { useRoom } from "../context";
import { sealed } from "../mail/seal";
import { useFetched } from "../thread/fetched";
import type { Thread } from "../thread/thread";
import { say } from "./words";
import "../styles/mail.css";

interface Letter {
  readonly from: string;
  readonly subject: string;
  readonly html: string;
}

export function MailLook({ thread, text }: { thread: Thread; text: string }) {
  const { desk } = useRoom();
  // What is written stays behind the dialog as long as that is open.
  const [body] = useState(() => text.trim());
  const [store, conversation] = [thread.storeId, thread.conversationId].map(encodeURIComponent);
  const path = `/api/stores/${store}/conversations/${conversation}/preview`;
  const letter = useFetched(path, () => desk.api.ask<Letter>("POST", path, { body }));
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  if (body === "") return <p role="status">{say("mail.empty")}</p>;
  if (letter.at === "refused") return <p role="alert">{letter.words}</p>;
  if (letter.at === "asking") {
    return (
      <p class="muted" role="status">
        {say("mail.loading")}
      </p>
    );
  }
  const { from, subject, html } = letter.fact;
  return (
    <div class="mail-shown desktop">
      <dl class="mail-head">
        <div>
          <dt>{say("mail.from")}</dt>
          <dd dir="auto">{from}</dd>
        </div>
        <div>
          <dt>{say("mail.subject")}</dt>
          <dd dir="auto">{subject}</dd>
        </div>
      </dl>
      <iframe
        class={`mail-html ${dark ? "dark" : "light"}`}
        title={say("mail.frame")}
        sandbox=""
        referrerpolicy="no-referrer"
        srcdoc={sealed(html, dark ? "dark" : "light", true)}
      />
    </div>
  );
}
