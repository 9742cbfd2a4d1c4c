/** Fetches an agent's own settings when somebody first opens them: few do, and seldom. */

import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { say } from "../words";

type SettingsModule = typeof import("./settings");

export function MySettings({ onClose }: { onClose(): void }) {
  const [settings, setSettings] = useState<SettingsModule | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    import("./settings").then(setSettings, () => setBroken(true));
  }, []);
  return (
    <Dialog title={say("me.title")} onClose={onClose}>
      {settings ? (
        <settings.OwnSettings />
      ) : (
        <p class="muted" role={broken ? "alert" : "status"}>
          {say(broken ? "error.unreachable" : "thread.loading")}
        </p>
      )}
    </Dialog>
  );
}
