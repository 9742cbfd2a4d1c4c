/** The mails that were set aside, in every store: what each is, and having it read again. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sizeOf } from "../../../widget/link/sizes";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { plain } from "../mail/room";
import { useOnce } from "../once";
import { toHash } from "../place";
import { ago, full, now } from "../time";
import { locale } from "../words";
import { type AsideFact, look, release } from "./requests";
import { attempts, say } from "./words";
import "../styles/mail.css";
import "../styles/page.css";
import "../styles/quarantine.css";

const LOOK_AGAIN_MS = 3_000;

export function AsideScreen() {
  const { desk } = useRoom();
  const mails = useSignal<readonly AsideFact[] | null>(null);
  const notice = useSignal("");
  const fetch = async () => {
    try {
      mails.value = await look(desk.api.ask);
      notice.value = "";
    } catch (error) {
      const isBarred = error instanceof ApiError && error.status === 403;
      notice.value = isBarred ? say("notOwner") : plain(error);
    }
  };
  useEffect(() => void fetch(), []);
  // Reading takes a moment; what still cannot be read is set aside again.
  const comeBack = async (name: string) => {
    await fetch();
    if (mails.value?.some((each) => each.name === name)) {
      desk.toast.value = { words: say("still"), undo: null };
    }
  };
  const readAgain = async (mail: AsideFact) => {
    try {
      mails.value = await release(desk.api.ask, mail.name);
      desk.toast.value = { words: say("released"), undo: null };
      setTimeout(() => void comeBack(mail.name), LOOK_AGAIN_MS);
    } catch (error) {
      const isGone = error instanceof ApiError && error.status === 404;
      desk.toast.value = { words: isGone ? say("gone") : plain(error), undo: null };
      if (isGone) await fetch();
    }
  };
  return (
    <main id="mail" class="page mail aside" aria-labelledby="aside-title" tabIndex={-1}>
      <header class="page-head">
        <h1 id="aside-title">{say("title")}</h1>
        <a href={toHash({ view: "open", open: null, mail: "" })}>{say("back")}</a>
        <p class="muted">{say("says")}</p>
      </header>
      {notice.value && (
        <p role="alert">
          {notice.value}{" "}
          <button type="button" class="button" onClick={() => void fetch()}>
            {say("again")}
          </button>
        </p>
      )}
      {mails.value === null && !notice.value && (
        <p class="muted" role="status">
          {say("loading")}
        </p>
      )}
      {mails.value?.length === 0 && (
        <div class="empty" role="status">
          <h2>{say("none")}</h2>
          <p>{say("none.says")}</p>
        </div>
      )}
      {mails.value && mails.value.length > 0 && (
        <>
          <ul class="aside-list" aria-label={say("list")}>
            {mails.value.map((mail) => (
              <Row key={mail.name} mail={mail} onRelease={() => readAgain(mail)} />
            ))}
          </ul>
          <p class="muted aside-operator">
            {say("operator")} <code>onethread mail quarantine</code>
          </p>
        </>
      )}
    </main>
  );
}

interface RowProps {
  mail: AsideFact;
  onRelease(): Promise<void>;
}

function Row({ mail, onRelease }: RowProps) {
  const [busy, once] = useOnce();
  const sender = mail.sender ? say("from", { sender: mail.sender }) : say("from.nobody");
  const facts = {
    store: mail.store,
    when: ago(mail.came_at, now.value),
    size: sizeOf(mail.size, locale),
    attempts: attempts(mail.attempts),
  };
  return (
    <li class="aside-row">
      <div>
        <p class="aside-from">
          <bdi>{sender}</bdi>
        </p>
        <p>{say("why", { why: mail.why })}</p>
        <p class="muted aside-facts" title={full(mail.came_at)}>
          <span>{say("facts", facts)}</span> <code>{mail.name}</code>
        </p>
      </div>
      <button
        type="button"
        class="button"
        aria-disabled={busy}
        // Begins with what it shows: who speaks to their computer says that.
        aria-label={busy ? undefined : say("release.of", { sender })}
        onClick={() => void once(onRelease)}
      >
        {say(busy ? "release.busy" : "release")}
      </button>
    </li>
  );
}
