/** Notifications and the sound, for what happens while nobody looks at it. */

import type { InboxRow } from "../../../widget/link/protocol.gen";
import { chime } from "../../../widget/panel/ringing";
import { say } from "../words";
import { type Around, type News, nameOf, worth } from "./attention";
import { type OneTab, oneTab } from "./one-tab";
import type { KeptWishes } from "./wishes";

const ICON = "/console/mark.svg";

export interface Notices {
  /** A row changed. */
  changed(before: InboxRow | null, row: InboxRow): void;
  stop(): void;
}

interface NoticesOptions {
  readonly agentId: string;
  readonly wishes: KeptWishes;
  around(): Around;
  open(row: InboxRow): void;
  readonly tabs?: OneTab;
}

export function createNotices({ agentId, wishes, around, open, tabs }: NoticesOptions): Notices {
  const one = tabs ?? oneTab(`onethread.notices.${agentId}`);

  function show(news: News): void {
    if (!wishes.now.value.notify || !mayNotify()) return;
    const { row } = news;
    const notice = new Notification(title(news, wishes.now.value.words), {
      body: wishes.now.value.words ? row.preview : "",
      // One for each conversation: the newer takes the older's place.
      tag: row.conversation_id,
      icon: ICON,
      // Whoever wants a sound has ours.
      silent: true,
    });
    notice.onclick = () => {
      window.focus();
      open(row);
      notice.close();
    };
  }

  return {
    changed(before, row) {
      const here = around();
      const news = worth(before, row, { ...here, inSight: null });
      const { notify, sound } = wishes.now.value;
      if (!news || !(notify || sound)) return;
      if (row.conversation_id === here.inSight) {
        one.hush(nameOf(news));
        return;
      }
      one.once(nameOf(news), () => {
        show(news);
        if (wishes.now.value.sound && navigator.userActivation?.hasBeenActive) chime();
      });
    },
    stop: () => one.stop(),
  };
}

function title({ why, row }: News, words: boolean): string {
  if (!words) return say(`notice.${why}.quiet`);
  return say(`notice.${why}`, { name: row.shopper, number: row.number });
}

/** Has this browser leave to notify? */
export function mayNotify(): boolean {
  return "Notification" in globalThis && Notification.permission === "granted";
}

/** Asks for leave; call it in a click. */
export async function askToNotify(): Promise<boolean> {
  if (!("Notification" in globalThis)) return false;
  return (await Notification.requestPermission()) === "granted";
}
