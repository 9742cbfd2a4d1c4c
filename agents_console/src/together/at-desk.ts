/** What notices and the watch for idle hands are told of the desk. */

import type { Acts } from "../desk/acts";
import type { DeskState } from "../desk/state";
import { present } from "../time";
import { say } from "../words";
import type { Around } from "./attention";
import { until } from "./duty";
import { watchIdle } from "./idle";
import { type KeptWishes, shared } from "./wishes";

export function around(desk: DeskState): Around {
  const looks = document.visibilityState === "visible" && document.hasFocus();
  return {
    self: desk.me.agent_id,
    duty: desk.standing.value.duty,
    inSight: looks ? (desk.place.value.open?.conversationId ?? null) : null,
    now: present(),
  };
}

/** Away for now, never for good: whoever comes back takes it back with one click. */
export function mindIdle(desk: DeskState, acts: Acts, wishes: KeptWishes): () => void {
  return watchIdle({
    minutes: () => wishes.now.value.away,
    name: `onethread.touched.${desk.me.agent_id}`,
    shelf: shared(),
    idle() {
      const { duty, by_schedule: scheduled } = desk.standing.value;
      if (duty !== "online") return true;
      // Without a connection it is said on the next look.
      if (desk.connection.value.at !== "live") return false;
      acts.switchDuty("away", until("tomorrow", present()));
      const back = () => acts.switchDuty(scheduled ? "schedule" : "online");
      desk.toast.value = { words: say("toast.idle"), undo: back, stays: true };
      return true;
    },
  });
}
