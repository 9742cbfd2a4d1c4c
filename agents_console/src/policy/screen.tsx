/** The policy of a store: the table of rules, the rest in sections, saving, versions, what if. */

import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { toHash } from "../place";
import { ago, full, now } from "../time";
import { InPolicy, newScreen, type Screen, usePolicy } from "./context";
import { guard } from "./guard";
import { Matrix } from "./matrix";
import { openRoom, type Room, words } from "./room";
import { SaveBar } from "./save";
import { Sections } from "./sections";
import { StartersDialog } from "./starters";
import { LookingBar, VersionsDialog } from "./versions";
import { WhatIfDialog } from "./what-if";
import { say } from "./words";
import "../styles/policy.css";

/** `storeId` may be empty: the first store, then. */
export function PolicyScreen({ storeId }: { storeId: string }) {
  const { desk } = useRoom();
  const chosen = storeId || Object.keys(desk.stores.value)[0] || "";
  const [screen, setScreen] = useState<Screen | null>(null);
  const [notice, setNotice] = useState("");
  useEffect(() => {
    let room: Room | null = null;
    let current = true;
    setScreen(null);
    setNotice("");
    if (!chosen) return;
    openRoom(desk.api, chosen, desk.me.agent_id).then(
      (opened) => {
        room = opened;
        if (current) setScreen(newScreen(opened));
        else opened.stop();
      },
      (error: unknown) => current && setNotice(words(error)),
    );
    return () => {
      current = false;
      room?.stop();
    };
  }, [chosen, desk]);
  return (
    <main id="policy" class="policy" aria-labelledby="policy-title" tabIndex={-1}>
      <header class="policy-head">
        <h1 id="policy-title">{say("title")}</h1>
        <Stores chosen={chosen} />
        {screen && <Tools screen={screen} />}
      </header>
      {notice && <p role="alert">{notice}</p>}
      {!screen && !notice && (
        <p class="muted" role="status">
          {say("loading")}
        </p>
      )}
      {screen && (
        <InPolicy value={screen}>
          <Opened />
        </InPolicy>
      )}
    </main>
  );
}

function Stores({ chosen }: { chosen: string }) {
  const { desk } = useRoom();
  const stores = Object.entries(desk.stores.value);
  if (stores.length < 2) {
    return (
      <p class="policy-store">
        <bdi>{stores[0]?.[1]}</bdi>
      </p>
    );
  }
  return (
    <select
      class="policy-store"
      aria-label={say("store")}
      value={chosen}
      onChange={(event) => {
        const policy = event.currentTarget.value;
        // The address leads, so that unsaved work is asked about; the list follows it.
        event.currentTarget.value = chosen;
        location.hash = toHash({ view: "open", open: null, policy });
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

function Tools({ screen }: { screen: Screen }) {
  const dialog = useSignal<"starters" | "versions" | "whatif" | null>(null);
  const { room } = screen;
  const close = () => {
    dialog.value = null;
  };
  const wrong = room.problems.value.size > 0;
  return (
    <div class="policy-tools">
      {!room.locked.value && (
        <button type="button" class="button" onClick={() => (dialog.value = "starters")}>
          {say("starters.open")}
        </button>
      )}
      <button type="button" class="button" onClick={() => (dialog.value = "versions")}>
        {say("versions.open")}
      </button>
      <button
        type="button"
        class="button"
        disabled={wrong}
        title={wrong ? say("whatif.repair") : undefined}
        onClick={() => (dialog.value = "whatif")}
      >
        {say("whatif.open")}
      </button>
      <InPolicy value={screen}>
        {dialog.value === "starters" && <StartersDialog onClose={close} />}
        {dialog.value === "versions" && <VersionsDialog onClose={close} />}
        {dialog.value === "whatif" && <WhatIfDialog onClose={close} />}
      </InPolicy>
    </div>
  );
}

function Opened() {
  const { room } = usePolicy();
  const leaving = useSignal<(() => void) | null>(null);
  const { version, at, by, may_change } = room.fact.value;
  const old = room.looking.value;
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
      {old ? (
        <LookingBar old={old} />
      ) : (
        <p class="muted in-force">
          <span title={full(at)}>
            {version === 1
              ? say("inForce.first")
              : say("inForce", { n: version, who: by || say("operator"), ago: ago(at, now.value) })}
          </span>
          {!may_change && <strong> {say("notOwner")}</strong>}
        </p>
      )}
      <Matrix key={old?.version ?? 0} />
      <Sections key={`sections ${old?.version ?? 0}`} />
      <SaveBar />
      {leaving.value && (
        <LeaveDialog
          onStay={() => (leaving.value = null)}
          onGo={() => {
            const go = leaving.value;
            leaving.value = null;
            room.discard();
            go?.();
          }}
        />
      )}
    </>
  );
}

function LeaveDialog({ onStay, onGo }: { onStay(): void; onGo(): void }) {
  return (
    <Dialog title={say("leave.title")} onClose={onStay}>
      <p>{say("leave.says")}</p>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onGo}>
          {say("leave.go")}
        </button>
        <button type="button" class="primary" onClick={onStay}>
          {say("leave.stay")}
        </button>
      </footer>
    </Dialog>
  );
}
