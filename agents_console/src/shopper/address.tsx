import type { AddressFact } from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { date, full, now } from "../time";
import { say } from "../words";

/** Who writes from one of these has agreed to be answered there, without a sentence of ours. */
const WRITABLE: ReadonlySet<AddressFact["channel"]> = new Set(["sms", "email", "whatsapp"]);

/** Can it be written to, and how do we know? The worst news first. */
export function AddressItem({ address, vouched }: { address: AddressFact; vouched: boolean }) {
  const { channel, value, failed, failed_at: failedAt, stopped } = address;
  const blocked = failed !== null || stopped || !address.consented;
  return (
    <li class={`address ${blocked ? "blocked" : ""}`}>
      <Icon name={channel} />
      <div>
        <p class="address-value">
          <bdi dir="ltr">{value}</bdi>
        </p>
        {failed !== null && (
          <p class="address-bad">
            <Icon name="warn" size={14} />{" "}
            {failedAt === null
              ? say("address.failed", { words: failed })
              : say("address.failed.at", { words: failed, date: date(failedAt, now.value) })}
          </p>
        )}
        {stopped && (
          <p class="address-bad">
            <Icon name="warn" size={14} /> {say("address.stopped")}
          </p>
        )}
        <p class="muted">{vouched ? say("address.vouched") : proof(address)}</p>
        <Consent address={address} vouched={vouched} />
      </div>
    </li>
  );
}

function proof({ proven, proven_at: at, code_sent }: AddressFact): string {
  if (!proven) return say(code_sent ? "address.code" : "address.typed");
  if (at === null) return say("address.proven");
  return say("address.proven.at", { date: date(at, now.value) });
}

function Consent({ address, vouched }: { address: AddressFact; vouched: boolean }) {
  const { channel, consented, consented_at: at, sentence, stopped } = address;
  if (stopped) return null;
  if (!consented) return <p class="muted">{say("address.no-consent")}</p>;
  // Nobody agreed to anything in words: the shop's signature stands for it.
  if (vouched && !sentence) return <p class="muted">{say("address.consent.vouched")}</p>;
  return (
    <>
      <p class="muted" title={at === null ? undefined : full(at)}>
        {at === null || (!sentence && !WRITABLE.has(channel))
          ? say("address.consent")
          : say(sentence ? "address.consent.at" : "address.consent.by-writing", {
              date: date(at, now.value),
            })}
      </p>
      {sentence && (
        <blockquote>
          <bdi>{sentence}</bdi>
        </blockquote>
      )}
    </>
  );
}
