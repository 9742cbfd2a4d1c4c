/** The desk: rail, list, thread and shopper, as many side by side as there is room for. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { AlertLines } from "../alerts/line";
import { CannedPane } from "../canned/pane";
import { useRoom } from "../context";
import { HelpDialog } from "../help";
import { Inbox } from "../inbox/inbox";
import { Palette } from "../inbox/palette";
import { MailPane } from "../mail/pane";
import { MySettings } from "../me/dialog";
import { PolicyPane } from "../policy/pane";
import { AsidePane } from "../quarantine/pane";
import { ConnectionLine } from "../rail/connection-line";
import { Rail } from "../rail/rail";
import { ToastBar } from "../rail/toast";
import { narrow, wide } from "../screen";
import { SearchPane } from "../search/pane";
import { ShopperDialogs } from "../shopper/dialogs";
import { ShopperColumn, ShopperDrawer } from "../shopper/panel";
import { ThreadPane } from "../thread/pane";
import { type Key, say } from "../words";
import { listenToKeys } from "./keys";

export function DeskScreen() {
  const { desk } = useRoom();
  const help = useSignal(false);
  const drawer = useSignal(false);
  const self = useSignal(false);
  // The same ones at each drawing: what is handed them is then not drawn anew with the screen.
  const [on] = useState(() => ({
    help: () => (help.value = true),
    self: () => (self.value = true),
    shopper: () => (drawer.value = true),
  }));
  useEffect(() => listenToKeys(desk, on), [desk, on]);
  useSignalEffect(() => {
    const { n, more } = desk.counts.value?.waiting ?? { n: 0, more: false };
    document.title = n > 0 ? say("title.waiting", { n: more ? `${n}+` : n }) : say("title");
  });
  const { policy, mail, canned, aside, search } = desk.place.value;
  const talking =
    policy === undefined && mail === undefined && canned === undefined && !aside && !search;
  const open = desk.place.value.open !== null;
  const one = narrow.value;
  return (
    <div class={`desk ${open ? "has-thread" : ""}`}>
      <button type="button" class="skip" onClick={skip}>
        {say(search ? "search.skip" : skipWords(talking, policy, canned))}
      </button>
      <Rail onHelp={on.help} onSelf={on.self} />
      <div class="goes-on">
        <ConnectionLine />
        <AlertLines />
      </div>
      {policy !== undefined && <PolicyPane storeId={policy} />}
      {mail !== undefined && <MailPane storeId={mail} />}
      {canned !== undefined && <CannedPane storeId={canned} />}
      {aside && <AsidePane />}
      {search && <SearchPane />}
      {talking && (!one || !open) && <Inbox />}
      {talking && (!one || open) && <ThreadPane onShopper={on.shopper} />}
      {wide.value && open && <ShopperColumn />}
      {!wide.value && open && drawer.value && (
        <ShopperDrawer onClose={() => (drawer.value = false)} />
      )}
      {help.value && <HelpDialog onClose={() => (help.value = false)} />}
      {self.value && <MySettings onClose={() => (self.value = false)} />}
      <PaletteHere onHelp={on.help} onSelf={on.self} />
      <ShopperDialogs />
      <ToastBar />
    </div>
  );
}

/** By itself, so that the screen behind it is not drawn anew. */
function PaletteHere(hands: { onHelp(): void; onSelf(): void }) {
  const what = useRoom().desk.palette.value;
  return what && <Palette key={what} what={what} {...hands} />;
}

function skipWords(talking: boolean, policy?: string, canned?: string): Key {
  if (talking) return "skip";
  if (policy !== undefined) return "policy.skip";
  return canned === undefined ? "mail.skip" : "canned.skip";
}

/** The address bar holds our place, so the jump is a button's and no link's. */
function skip(): void {
  document.querySelector<HTMLElement>("#thread, #policy, #mail, #canned, #search")?.focus();
}
