/** A screen that is fetched when somebody first goes there: few agents ever do. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { say } from "../words";

interface LaterProps<Module> {
  /** The element that the skip link leads to, before the screen is here and after. */
  id: string;
  fetch(): Promise<Module>;
  /** What is there already while the screen comes. */
  meanwhile?: ComponentChildren;
  children(screen: Module): ComponentChildren;
}

export function Later<Module>({ id, fetch, meanwhile, children }: LaterProps<Module>) {
  const [screen, setScreen] = useState<Module | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    fetch().then(
      (module) => setScreen(() => module),
      () => setBroken(true),
    );
  }, []);
  if (screen) return <>{children(screen)}</>;
  return (
    <main class="pane-wait" id={id} tabIndex={-1} aria-busy={!broken}>
      {broken ? (
        <p role="alert">
          {say("policy.broken")}{" "}
          <button type="button" class="button" onClick={() => location.reload()}>
            {say("policy.reload")}
          </button>
        </p>
      ) : (
        <>
          {meanwhile}
          <p class="muted" role="status">
            {say("thread.loading")}
          </p>
        </>
      )}
    </main>
  );
}
