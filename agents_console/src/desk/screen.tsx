/** The desk: rail, list, thread and shopper, as many side by side as there is room for. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AlertLines } from "../alerts/line";
import { useRoom } from "../context";
import { HelpDialog } from "../help";
import { waiting } from "../inbox/book";
import { Inbox } from "../inbox/inbox";
import { MailPane } from "../mail/pane";
import { MySettings } from "../me/dialog";
import { PolicyPane } from "../policy/pane";
import { AsidePane } from "../quarantine/pane";
import { ConnectionLine } from "../rail/connection-line";
import { Rail } from "../rail/rail";
import { ToastBar } from "../rail/toast";
import { narrow, wide } from "../screen";
import { ShopperColumn, ShopperDrawer } from "../shopper/panel";
import { ThreadPane } from "../thread/pane";
import { say } from "../words";
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
    const n = waiting(desk.book.value);
    document.title = n > 0 ? say("title.waiting", { n }) : say("title");
  });
  const { policy, mail, aside } = desk.place.value;
  const talking = policy === undefined && mail === undefined && !aside;
  const open = desk.place.value.open !== null;
  const one = narrow.value;
  return (
    <div class={`desk ${open ? "has-thread" : ""}`}>
      <button type="button" class="skip" onClick={skip}>
        {say(talking ? "skip" : policy === undefined ? "mail.skip" : "policy.skip")}
      </button>
      <Rail onHelp={() => (help.value = true)} onSelf={() => (self.value = true)} />
      <div class="goes-on">
        <ConnectionLine />
        <AlertLines />
      </div>
      {policy !== undefined && <PolicyPane storeId={policy} />}
      {mail !== undefined && <MailPane storeId={mail} />}
      {aside && <AsidePane />}
      {talking && (!one || !open) && <Inbox />}
      {talking && (!one || open) && <ThreadPane onShopper={() => (drawer.value = true)} />}
      {wide.value && open && <ShopperColumn />}
      {!wide.value && open && drawer.value && (
        <ShopperDrawer onClose={() => (drawer.value = false)} />
      )}
      {help.value && <HelpDialog onClose={() => (help.value = false)} />}
      {self.value && <MySettings onClose={() => (self.value = false)} />}
      <ToastBar />
    </div>
  );
}

/** The address bar holds our place, so the jump is a button's and no link's. */
function skip(): void {
  document.querySelector<HTMLElement>("#thread, #policy, #mail")?.focus();
}
