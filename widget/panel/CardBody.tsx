import { useEffect, useState } from "preact/hooks";
import type { AddressFact } from "../link/protocol.gen";
import { answering } from "../link/shopper";
import { AddressForm } from "./AddressForm";
import { CodeForm } from "./CodeForm";
import { usePart, useRoom } from "./context";
import { useLostFocus } from "./focus";
import { CloseIcon } from "./icons";
import { offersPush } from "./notices";
import type { Card } from "./offering";
import { afterwards } from "./reach";
import type { PartWords } from "./words";

/** What is in the card that offers to bring the answer elsewhere. */
export function CardBody({ shown }: { shown: Card }) {
  const { room, tongue } = usePart();
  const { view, push } = useRoom();
  const { words } = tongue;
  const channels = view.sentences.map((one) => one.channel as string);
  if (offersPush(view, push)) channels.push("push");
  if (shown.shows === "settled") {
    return <Settled text={afterwards(shown.address, view.preference, tongue)} />;
  }
  return (
    <section class="card" aria-label={words.reachTitle}>
      <button
        type="button"
        class="plain dismiss"
        aria-label={words.notNow}
        title={words.notNow}
        onClick={() => room.dismiss()}
      >
        <CloseIcon />
      </button>
      {shown.shows === "form" ? (
        <>
          <h2>{title(words, channels, answering(view).length === 0)}</h2>
          <AddressForm />
        </>
      ) : (
        <CodeOrOther address={shown.address} />
      )}
    </section>
  );
}

function Settled({ text }: { text: string }) {
  return (
    <p class="card settled" role="status" tabIndex={-1} ref={useLostFocus<HTMLParagraphElement>()}>
      {text}
    </p>
  );
}

/** The code, or a way out for who mistyped the number. */
export function CodeOrOther({ address }: { address: AddressFact }) {
  const { room, tongue } = usePart();
  const [other, setOther] = useState(false);
  // Another address came, with its own code.
  useEffect(() => setOther(false), [address]);
  if (other) return <AddressForm />;
  return (
    <>
      <CodeForm address={address} />
      <button
        type="button"
        class="link"
        onClick={() => {
          room.forgive();
          setOther(true);
        }}
      >
        {tongue.words.another}
      </button>
    </>
  );
}

function title(words: PartWords, channels: readonly string[], away: boolean): string {
  const text = channels.includes("sms");
  const mail = channels.includes("email");
  const any = channels.includes("push") || channels.includes("whatsapp");
  if (any) return away ? words.offerAwayAny : words.offerAny;
  if (text && mail) return away ? words.offerAway : words.offer;
  if (text) return away ? words.offerAwayText : words.offerText;
  return away ? words.offerAwayMail : words.offerMail;
}
