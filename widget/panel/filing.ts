/** The part that brings files up and shows how far they are. */

import css from "./filing.css?inline";
import { dress } from "./sheet";

dress(css);

export { DropHere, Tray } from "./Tray";
