/** The little window's script. */

import { ask } from "./ask";

ask(window);
