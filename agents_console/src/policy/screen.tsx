/** The policy of a store: the table of rules, the rest in sections, saving, versions, what if. */

import { useSignal } from "@preact/signals";
import type { Desk } from "../desk/desk";
import { useKeysBack } from "../page/keys";
import { useOpened } from "../page/opened";
import { Stores } from "../page/stores";
import { Unsaved } from "../page/unsaved";
import { ago, full, now } from "../time";
import { InPolicy, newScreen, type Screen, usePolicy } from "./context";
import { Matrix } from "./matrix";
import { openRoom, words } from "./room";
import { SaveBar } from "./save";
import { Sections } from "./sections";
import { StartersDialog } from "./starters";
import { LookingBar, VersionsDialog } from "./versions";
import { WhatIfDialog } from "./what-if";
import { say } from "./words";
import "../styles/page.css";
import "../styles/policy.css";
import "../styles/policy-rules.css";
import "../styles/policy-rule.css";
import "../styles/policy-sections.css";
import "../styles/policy-narrow.css";

const open = async (desk: Desk, storeId: string): Promise<OpenScreen> => {
  const room = await openRoom(desk.api, storeId, desk.me.agent_id);
  return { screen: newScreen(room), stop: room.stop };
};

interface OpenScreen {
  readonly screen: Screen;
  stop(): void;
}

/** `storeId` may be empty: the first store, then. */
export function PolicyScreen({ storeId: wanted }: { storeId: string }) {
  const { storeId, opened, notice } = useOpened(wanted, open, words);
  const screen = opened?.screen;
  return (
    <main id="policy" class="page policy" aria-labelledby="policy-title" tabIndex={-1}>
      <header class="page-head">
        <h1 id="policy-title">{say("title")}</h1>
        <Stores
          chosen={storeId}
          label={say("store")}
          place={(policy) => ({ view: "open", open: null, policy })}
        />
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
  const { version, at, by, may_change } = room.fact.value;
  const old = room.looking.value;
  useKeysBack(old !== null, "policy");
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
