/** When an answer is to be sent: the times, by one's own clock and by the shopper's. */

import type { Thread } from "../thread/thread";
import { clockIn, otherZone } from "./later";
import { NotBeforeDialog } from "./not-before";
import { ownZone } from "./wish";
import { say } from "./words";

interface LaterDialogProps {
  thread: Thread;
  onChoose(at: number): void;
  onClose(): void;
}

export function LaterDialog({ thread, onChoose, onClose }: LaterDialogProps) {
  const zone = thread.shopper?.zone ?? "";
  const theirs = otherZone(zone);
  const zones = !zone
    ? say("later.theirs.unknown", { zone: ownZone() })
    : theirs
      ? say("later.theirs.zone", { theirs, zone: ownZone() })
      : undefined;
  return (
    <NotBeforeDialog
      title={say("later.title")}
      take={say("later.take")}
      zones={zones}
      elsewhere={(at) => {
        const time = clockIn(zone, at);
        return time && say("later.theirs", { time });
      }}
      onChoose={onChoose}
      onClose={onClose}
    />
  );
}
