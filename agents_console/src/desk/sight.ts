/** Whether this console is before somebody's eyes, told as it changes. */

import type { Tab } from "../../../widget/link/protocol.gen";

export interface Sight {
  /** Tell it again: a new socket knows nothing of this console. */
  tell(): void;
  stop(): void;
}

/** `say` is false when there is no live socket; what it was not told is said on the next. */
export function watchSight(say: (tab: Tab) => boolean): Sight {
  let told = "";
  const tell = () => {
    const tab = look();
    told = say(tab) ? JSON.stringify(tab) : "";
  };
  const changed = () => {
    // The focus moves without a change as well: into the frame that shows an original mail.
    if (JSON.stringify(look()) !== told) tell();
  };
  document.addEventListener("visibilitychange", changed);
  addEventListener("focus", changed);
  addEventListener("blur", changed);
  return {
    tell,
    stop() {
      document.removeEventListener("visibilitychange", changed);
      removeEventListener("focus", changed);
      removeEventListener("blur", changed);
    },
  };
}

function look(): Tab {
  const visible = document.visibilityState === "visible";
  return { t: "tab", panel: true, visible, focus: document.hasFocus(), url: null, title: null };
}
