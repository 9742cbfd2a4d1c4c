/** The mails of a store: its own words and logo beside a mail as it will look. */

import { useSignal } from "@preact/signals";
import { useRoom } from "../context";
import type { Desk } from "../desk/desk";
import { useOnce } from "../once";
import { useKeysBack } from "../page/keys";
import { useOpened } from "../page/opened";
import { Stores } from "../page/stores";
import { Unsaved } from "../page/unsaved";
import { toHash } from "../place";
import { Editor } from "./editor";
import { Preview } from "./preview";
import { openRoom, plain, type Room } from "./room";
import { say } from "./words";
import "../styles/mail.css";
import "../styles/page.css";

const open = (desk: Desk, storeId: string): Promise<Room> => openRoom(desk.api, storeId);

/** `storeId` may be empty: the first store, then. */
export function MailScreen({ storeId: wanted }: { storeId: string }) {
  const { storeId, opened: room, notice } = useOpened(wanted, open, plain);
  return (
    <main id="mail" class="page mail" aria-labelledby="mail-title" tabIndex={-1}>
      <header class="page-head">
        <h1 id="mail-title">{say("title")}</h1>
        <Stores
          chosen={storeId}
          label={say("store")}
          place={(mail) => ({ view: "open", open: null, mail })}
        />
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

function Opened({ room }: { room: Room }) {
  return (
    <>
      <div class="mail-desk">
        <Editor room={room} />
        <Preview room={room} />
      </div>
      <SaveBar room={room} />
      <Unsaved
        room={room}
        words={{
          title: say("leave.title"),
          says: say("leave.says"),
          stay: say("leave.stay"),
          go: say("leave.go"),
        }}
      />
    </>
  );
}

function SaveBar({ room }: { room: Room }) {
  const { desk } = useRoom();
  const [busy, once] = useOnce();
  const notice = useSignal("");
  const isShown = room.dirty.value && room.fact.value.may_change;
  useKeysBack(isShown, "mail");
  if (!isShown) return null;
  const save = async () => {
    const { how, words } = await room.save();
    notice.value = how === "conflict" ? say("save.conflict") : words;
    if (how === "saved") desk.toast.value = { words: say("save.done"), undo: null };
  };
  const discard = () => {
    const before = room.words.value;
    room.discard();
    desk.toast.value = { words: say("save.discard"), undo: () => (room.words.value = before) };
  };
  return (
    <section class="save-bar" aria-label={say("save.go")}>
      <p role={notice.value ? "alert" : "status"}>{notice.value || say("save.unsaved")}</p>
      <button type="button" class="plain" onClick={discard}>
        {say("save.discard")}
      </button>
      <button type="button" class="primary" aria-disabled={busy} onClick={() => void once(save)}>
        {say(busy ? "save.busy" : "save.go")}
      </button>
    </section>
  );
}
