/** Sounds when an answer comes; the sound itself is fetched when it is first heard. */

import type { Bell } from "./around";
import { warn } from "./warn";

export const bell: Bell = {
  // Browsers let a page sound only after somebody did something in it.
  able: () => navigator.userActivation?.hasBeenActive ?? false,
  ring() {
    import("./ringing").then(
      (part) => part.chime(),
      // It was seen all the same: badge and title tell it too.
      warn,
    );
  },
};
