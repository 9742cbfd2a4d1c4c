/** Sounds when an answer comes. */

import type { Bell } from "./around";
import { chime } from "./ringing";
import { warn } from "./warn";

export const bell: Bell = {
  // Browsers let a page sound only after somebody did something in it.
  able: () => navigator.userActivation?.hasBeenActive ?? false,
  ring() {
    try {
      chime();
    } catch (why) {
      // It was seen all the same: badge and title tell it too.
      warn(why);
    }
  },
};
