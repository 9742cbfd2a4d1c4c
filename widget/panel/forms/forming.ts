/** The part in which the store asks and the shopper answers. */

import { dress } from "../sheet";
import css from "./forming.css?inline";

dress(css);

export { FormsCard } from "./FormsCard";
export { Transcript } from "./Transcript";
