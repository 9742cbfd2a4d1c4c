/** The search: a field, how to ask, and what was found, all by keyboard. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useRoom } from "../context";
import { Icon } from "../icons";
import { questionOf, SEARCH_ID } from "./open";
import { Result } from "./results";
import { createRoom, type SearchRoom } from "./room";
import { Teaching } from "./teaching";
import { found as saidFound, say } from "./words";
import "../styles/page.css";
import "../styles/search.css";
import "../styles/found.css";

export function SearchScreen() {
  const { desk } = useRoom();
  const [room] = useState(() => createRoom(desk.api.ask, desk.me.agent_id, questionOf(desk)));
  const page = useRef<HTMLElement>(null);
  // Before anything else is typed: the field that took the letters until now is gone.
  useLayoutEffect(() => {
    page.current?.querySelector<HTMLInputElement>(`#${SEARCH_ID}`)?.focus();
  }, []);
  useEffect(() => room.stop, [room]);
  return (
    <main
      ref={page}
      id="search"
      class="page search"
      aria-labelledby="search-title"
      tabIndex={-1}
      onKeyDown={(event) => walk(event, page.current, room)}
    >
      <header class="search-head">
        <h1 id="search-title">{say("title")}</h1>
        <Field room={room} />
        <Order room={room} />
      </header>
      <Answer room={room} />
    </main>
  );
}

function Field({ room }: { room: SearchRoom }) {
  return (
    <search class="search-field">
      <Icon name="search" size={20} />
      <input
        id={SEARCH_ID}
        type="search"
        dir="auto"
        autoComplete="off"
        maxLength={10_000}
        aria-label={say("field")}
        placeholder={say("field")}
        value={room.question.value}
        onInput={(event) => {
          room.question.value = event.currentTarget.value;
        }}
      />
    </search>
  );
}

function Order({ room }: { room: SearchRoom }) {
  return (
    <fieldset class="search-order" aria-label={say("order")}>
      {[false, true].map((best) => (
        <button
          key={String(best)}
          type="button"
          class="plain"
          aria-pressed={room.best.value === best}
          onClick={() => {
            room.best.value = best;
          }}
        >
          {say(best ? "best" : "newest")}
        </button>
      ))}
    </fieldset>
  );
}

function Answer({ room }: { room: SearchRoom }) {
  const { desk } = useRoom();
  const view = desk.place.value.view;
  const found = room.found.value;
  const take = (query: string) => {
    room.question.value = query;
    document.getElementById(SEARCH_ID)?.focus();
  };
  // Answers come as fast as somebody types: only the count of one that stays is said aloud.
  const aloud = useSignal("");
  useSignalEffect(() => {
    const all = room.found.value;
    const words = all === null ? "" : saidFound(all.length, room.before.value !== null);
    const timer = setTimeout(() => {
      aloud.value = words;
    }, 600);
    return () => clearTimeout(timer);
  });
  return (
    <>
      <p class="search-said muted" aria-hidden="true">
        {found === null
          ? room.busy.value && say("searching")
          : found.length > 0 && saidFound(found.length, room.before.value !== null)}
      </p>
      <p class="hidden" role="status">
        {aloud.value}
      </p>
      {room.notice.value && (
        <p role="alert">
          {room.notice.value}{" "}
          <button type="button" class="button" onClick={room.now}>
            {say("again")}
          </button>
        </p>
      )}
      {found === null && !room.busy.value && !room.notice.value && (
        <Teaching room={room} onTake={take} />
      )}
      {found?.length === 0 && (
        <div class="search-none">
          <h2>{say("none.title")}</h2>
          <p>{say("none.words")}</p>
        </div>
      )}
      {found && found.length > 0 && (
        <ol class="founds" aria-label={say("results")} aria-busy={room.busy.value}>
          {found.map((each) => (
            <Result key={each.conversation_id} found={each} view={view} onOpen={room.used} />
          ))}
        </ol>
      )}
      {room.before.value !== null && (
        <button type="button" class="button search-more" onClick={() => void room.more()}>
          {say(room.busy.value ? "more.busy" : "more")}
        </button>
      )}
    </>
  );
}

/** Up and down through the field and all that was found; Esc back to the field. */
function walk(event: KeyboardEvent, page: HTMLElement | null, room: SearchRoom): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !page) return;
  const field = document.getElementById(SEARCH_ID);
  const stops = [field, ...page.querySelectorAll<HTMLElement>("[data-hit]")];
  const at = stops.indexOf(document.activeElement as HTMLElement | null);
  const inField = at === 0;
  let to: number;
  if (event.key === "ArrowDown" || (event.key === "j" && at > 0)) to = at + 1;
  else if (event.key === "ArrowUp" || (event.key === "k" && at > 0)) to = at - 1;
  else if (event.key === "Escape" && !inField) to = 0;
  else if (event.key === "Enter" && inField) {
    room.now();
    return;
  } else return;
  if (at < 0 && event.key !== "Escape") return;
  const stop = stops[Math.min(Math.max(to, 0), stops.length - 1)];
  if (!stop) return;
  event.preventDefault();
  event.stopPropagation();
  stop.focus();
  stop.scrollIntoView({ block: "nearest" });
}
