/** Fetches the screen of what was set aside when an owner goes there. */

import { useEffect, useState } from "preact/hooks";
import { say } from "../words";

type ScreenModule = typeof import("./screen");

export function AsidePane() {
  const [screen, setScreen] = useState<ScreenModule | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    import("./screen").then(setScreen, () => setBroken(true));
  }, []);
  if (screen) return <screen.AsideScreen />;
  return (
    <main class="pane-wait" id="mail" tabIndex={-1} aria-busy={!broken}>
      {broken ? (
        <p role="alert">
          {say("policy.broken")}{" "}
          <button type="button" class="button" onClick={() => location.reload()}>
            {say("policy.reload")}
          </button>
        </p>
      ) : (
        <p class="muted" role="status">
          {say("thread.loading")}
        </p>
      )}
    </main>
  );
}
