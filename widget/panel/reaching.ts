/** The part in which a shopper says how to be reached. */

import sheet from "./reach-sheet.css?inline";
import card from "./reaching.css?inline";
import { dress } from "./sheet";

dress(card + sheet);

export { AddressForm } from "./AddressForm";
export { CardBody } from "./CardBody";
export { ReachSheet } from "./ReachSheet";
