/** The desk: rail, list, thread and shopper, as many side by side as there is room for. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
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
import { ShopperColumn, ShopperDrawer } from "../shopper/panel";
import { ThreadPane } from "../thread/pane";
import { type Key, say } from "../words";
import { listenToKeys } from "./keys";

export function DeskScreen() {
  const { desk } = useRoom();
  const help = useSignal(false);
  const drawer = useSignal(false);
  const self = useSignal(false);
  useEffect(
    () => listenToKeys(desk, { help: () => (help.value = true) }),
    // The signal is the same for as long as the screen is there.
    [desk, help],
  );
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
      <Rail onHelp={() => (help.value = true)} onSelf={() => (self.value = true)} />
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
      {talking && (!one || open) && <ThreadPane onShopper={() => (drawer.value = true)} />}
      {wide.value && open && <ShopperColumn />}
      {!wide.value && open && drawer.value && (
        <ShopperDrawer onClose={() => (drawer.value = false)} />
      )}
      {help.value && <HelpDialog onClose={() => (help.value = false)} />}
      {self.value && <MySettings onClose={() => (self.value = false)} />}
      {desk.palette.value && (
        <Palette
          key={desk.palette.value}
          what={desk.palette.value}
          onHelp={() => (help.value = true)}
          onSelf={() => (self.value = true)}
        />
      )}
      <ToastBar />
    </div>
  );
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
