/** Sounds when an answer comes; the sound itself is fetched when it is first heard. */

import type { Bell } from "./around";
import { ringing } from "./parts";

export const bell: Bell = {
  // Browsers let a page sound only after somebody did something in it.
  able: () => navigator.userActivation?.hasBeenActive ?? false,
  ring() {
    ringing.load().then(
      (part) => part.chime(),
      // It was seen all the same: badge and title tell it too.
      (why) => console.warn("Onethread:", why),
    );
  },
};
