import { useEffect } from "preact/hooks";
import { useHouse, useRoom } from "./context";
import { hasWritten } from "./offer";
import { offering, reaching } from "./parts";

/** "Need to go? We can text or e-mail you the answer." */
export function OfferCard() {
  const { room } = useHouse();
  const { view, offer } = useRoom();
  const when = offering.use(hasWritten(view));
  useEffect(() => {
    if (when) room.offers(when.offered);
  }, [room, when]);
  const shown = when?.card(offer, view) ?? null;
  const part = reaching.use(shown !== null);
  return shown && part ? <part.CardBody shown={shown} /> : null;
}
