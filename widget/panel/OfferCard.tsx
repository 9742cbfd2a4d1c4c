import { useRoom } from "./context";
import { card } from "./offer";
import { reaching } from "./parts";

/** "Need to go? We can text or e-mail you the answer." */
export function OfferCard() {
  const { view, offer } = useRoom();
  const shown = card(offer, view);
  const part = reaching.use(shown !== null);
  return shown && part ? <part.CardBody shown={shown} /> : null;
}
