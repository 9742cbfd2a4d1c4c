/** The part that shows the files of messages. */

import { dress } from "./sheet";
import css from "./showing.css?inline";

dress(css);

export { Files } from "./Files";
