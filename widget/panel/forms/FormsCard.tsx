import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { usePart, useRoom } from "../context";
import { OfferCard } from "../OfferCard";
import { usable } from "../offer";
import { reaching } from "../parts";
import type { Room } from "../room";
import { OfflineCard } from "./OfflineCard";
import { QuestionCard } from "./QuestionCard";
import { RatingCard } from "./RatingCard";
import { card, holds } from "./when";

/** Which conversation, open or done, what a room holds is about: the card goes while the sheet is up. */
const about = new WeakMap<Room, string>();

/** What the store asks now, at the end of the conversation; said aloud when it comes. */
export function FormsCard() {
  const { room } = usePart();
  const { view, page, visible } = useRoom();
  const reach = reaching.use(true);
  const [sent, setSent] = useState(false);
  const [open, setOpen] = useState(false);
  // The store may have changed what it asks while nobody looked.
  const looked = page.open && visible;
  const matter = `${view.log?.conversationId} ${view.log?.state} ${looked}`;
  const last = useRef<string | null>(null);
  const region = useRef<HTMLDivElement>(null);
  const shown = card(view);

  // Only what changes in a region that is there already is read out.
  useEffect(() => setOpen(true), []);
  // What the forms want hangs on it, and the gateway does not know which tabs show it.
  useEffect(() => {
    if (looked && (about.get(room) ?? matter) !== matter) room.say({ t: "ask_forms" });
    about.set(room, matter);
  }, [matter]);

  const draw = () => {
    if (!open || !reach) return null;
    // The message is on its way, and the address that came with it may have been refused.
    const left = !sent || shown?.shows === "rating" || view.addresses.some(usable);
    if (shown?.shows === "offline" || !left) {
      const leave = () => {
        room.dismiss();
        setSent(false);
      };
      return <OfflineCard reach={reach} sent={sent} onSent={() => setSent(true)} onLeave={leave} />;
    }
    if (shown?.shows === "question") {
      return <QuestionCard key={shown.question.id} reach={reach} question={shown.question} />;
    }
    return shown && <RatingCard key={shown.rating.seq} rating={shown.rating} />;
  };
  const drawn = draw();
  const which = drawn && `${drawn.key} ${drawn.type === OfflineCard}`;
  const held = drawn !== null && holds(view);
  // Before it is painted: what is hidden then, as the composer may be, has the focus no more.
  useLayoutEffect(() => {
    const active = document.activeElement;
    // What the keyboard was on is gone, with the card before this one or with the composer.
    const lost = last.current !== null && active === document.body;
    if (!which && lost) document.querySelector<HTMLElement>(".composer textarea")?.focus();
    if (which && (lost || (held && active?.closest(".composer")))) {
      region.current?.querySelector<HTMLElement>("input, textarea")?.focus();
    }
    last.current = which;
  }, [which]);
  return (
    <>
      <div ref={region} class={held ? "holds" : undefined} aria-live="polite">
        {drawn}
      </div>
      {!drawn && <OfferCard />}
    </>
  );
}
