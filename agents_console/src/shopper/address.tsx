import type { AddressFact } from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { date, full, now } from "../time";
import { say } from "../words";

/** Can it be written to, and how do we know? The worst news first. */
export function AddressItem({ address, vouched }: { address: AddressFact; vouched: boolean }) {
  const { channel, value, failed, stopped, proven, code_sent } = address;
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
            <Icon name="warn" size={14} /> {say("address.failed", { words: failed })}
          </p>
        )}
        {stopped && (
          <p class="address-bad">
            <Icon name="warn" size={14} /> {say("address.stopped")}
          </p>
        )}
        <p class="muted">
          {vouched
            ? say("address.vouched")
            : say(proven ? "address.proven" : code_sent ? "address.code" : "address.typed")}
        </p>
        <Consent address={address} vouched={vouched} />
      </div>
    </li>
  );
}

function Consent({ address, vouched }: { address: AddressFact; vouched: boolean }) {
  const { consented, consented_at: at, sentence, stopped } = address;
  if (stopped) return null;
  if (!consented) return <p class="muted">{say("address.no-consent")}</p>;
  // Nobody agreed to anything in words: the shop's signature stands for it.
  if (vouched && !sentence) return <p class="muted">{say("address.consent.vouched")}</p>;
  return (
    <>
      <p class="muted" title={at === null ? undefined : full(at)}>
        {at === null
          ? say("address.consent")
          : say("address.consent.at", { date: date(at, now.value) })}
      </p>
      {sentence && (
        <blockquote>
          <bdi>{sentence}</bdi>
        </blockquote>
      )}
    </>
  );
}
