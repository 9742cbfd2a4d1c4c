/** The part in which a shopper says how to be reached. */

import css from "./reaching.css?inline";
import { dress } from "./sheet";

dress(css);

export { AddressForm } from "./AddressForm";
export { CardBody } from "./CardBody";
export { ReachSheet } from "./ReachSheet";
