/** The part for files: it brings them up, shows how far they are, and those that came with messages. */

import css from "./filing.css?inline";
import { dress } from "./sheet";

dress(css);

export { Files } from "./Files";
export { DropHere, Tray } from "./Tray";
