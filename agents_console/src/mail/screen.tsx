/** The mails of a store: its own words and logo beside a mail as it will look. */

import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { toHash } from "../place";
import { guard } from "../policy/guard";
import { Editor } from "./editor";
import { Preview } from "./preview";
import { openRoom, plain, type Room } from "./room";
import { say } from "./words";
import "../styles/mail.css";

/** `storeId` may be empty: the first store, then. */
export function MailScreen({ storeId }: { storeId: string }) {
  const { desk } = useRoom();
  const chosen = storeId || Object.keys(desk.stores.value)[0] || "";
  const [room, setRoom] = useState<Room | null>(null);
  const [notice, setNotice] = useState("");
  useEffect(() => {
    let mine: Room | null = null;
    let current = true;
    setRoom(null);
    setNotice("");
    if (!chosen) return;
    openRoom(desk.api, chosen).then(
      (opened) => {
        mine = opened;
        if (current) setRoom(opened);
        else opened.stop();
      },
      (error: unknown) => current && setNotice(plain(error)),
    );
    return () => {
      current = false;
      mine?.stop();
    };
  }, [chosen, desk]);
  return (
    <main id="mail" class="mail" aria-labelledby="mail-title" tabIndex={-1}>
      <header class="mail-top">
        <h1 id="mail-title">{say("title")}</h1>
        <Stores chosen={chosen} />
        <p class="muted">
          {say("says")}
          {room && !room.fact.value.may_change && <strong> {say("notOwner")}</strong>}
          {room?.fact.value.may_change && (
            <>
              {" "}
              <a href={toHash({ view: "open", open: null, aside: true })}>{say("aside")}</a>
            </>
          )}
        </p>
      </header>
      {notice && <p role="alert">{notice}</p>}
      {!room && !notice && (
        <p class="muted" role="status">
          {say("loading")}
        </p>
      )}
      {room && <Opened room={room} />}
    </main>
  );
}

function Stores({ chosen }: { chosen: string }) {
  const { desk } = useRoom();
  const stores = Object.entries(desk.stores.value);
  if (stores.length < 2) {
    return (
      <p class="mail-store">
        <bdi>{stores[0]?.[1]}</bdi>
      </p>
    );
  }
  return (
    <select
      class="mail-store"
      aria-label={say("store")}
      value={chosen}
      onChange={(event) => {
        const mail = event.currentTarget.value;
        // The address leads, so that unsaved work is asked about; the list follows it.
        event.currentTarget.value = chosen;
        location.hash = toHash({ view: "open", open: null, mail });
      }}
    >
      {stores.map(([id, name]) => (
        <option key={id} value={id} selected={id === chosen}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Opened({ room }: { room: Room }) {
  const leaving = useSignal<(() => void) | null>(null);
  useEffect(
    () =>
      guard(
        () => room.dirty.value,
        (go) => {
          leaving.value = go;
        },
      ),
    [room, leaving],
  );
  return (
    <>
      <div class="mail-desk">
        <Editor room={room} />
        <Preview room={room} />
      </div>
      <SaveBar room={room} />
      {leaving.value && (
        <Dialog title={say("leave.title")} onClose={() => (leaving.value = null)}>
          <p>{say("leave.says")}</p>
          <footer class="mail-foot">
            <button
              type="button"
              class="button"
              onClick={() => {
                const go = leaving.value;
                leaving.value = null;
                room.discard();
                go?.();
              }}
            >
              {say("leave.go")}
            </button>
            <button type="button" class="primary" onClick={() => (leaving.value = null)}>
              {say("leave.stay")}
            </button>
          </footer>
        </Dialog>
      )}
    </>
  );
}

function SaveBar({ room }: { room: Room }) {
  const { desk } = useRoom();
  const busy = useSignal(false);
  const notice = useSignal("");
  if (!room.dirty.value || !room.fact.value.may_change) return null;
  const save = async () => {
    busy.value = true;
    const { how, words } = await room.save();
    busy.value = false;
    notice.value = how === "conflict" ? say("save.conflict") : words;
    if (how === "saved") desk.toast.value = { words: say("save.done"), undo: null };
  };
  const discard = () => {
    const before = room.words.value;
    room.discard();
    desk.toast.value = { words: say("save.discard"), undo: () => (room.words.value = before) };
  };
  return (
    <section class="mail-save" aria-label={say("save.go")}>
      <p role={notice.value ? "alert" : "status"}>{notice.value || say("save.unsaved")}</p>
      <button type="button" class="plain" onClick={discard}>
        {say("save.discard")}
      </button>
      <button type="button" class="primary" disabled={busy.value} onClick={() => void save()}>
        {say(busy.value ? "save.busy" : "save.go")}
      </button>
    </section>
  );
}
