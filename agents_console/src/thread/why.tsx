/** Why a message went where it went: the decision, its reasons, and every address looked at. */

import type { Considered, DecisionFact } from "../api";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { full, moment } from "../time";
import { say } from "../words";
import { useFetched } from "./fetched";

interface WhyProps {
  storeId: string;
  decisionId: string;
  onClose(): void;
}

export function WhyDialog({ storeId, decisionId, onClose }: WhyProps) {
  const { desk } = useRoom();
  const asked = useFetched(decisionId, () => desk.api.decision(storeId, decisionId));
  return (
    <Dialog title={say("why.title")} onClose={onClose}>
      {asked.at === "asking" && <p class="muted">{say("thread.loading")}</p>}
      {asked.at === "refused" && <p role="alert">{asked.words}</p>}
      {asked.at === "here" && <Decision fact={asked.fact} />}
    </Dialog>
  );
}

function Decision({ fact }: { fact: DecisionFact }) {
  return (
    <div class="decision">
      <p class="decision-sentence">{fact.sentence}</p>
      <p class="small muted">{say("why.at", { time: full(fact.at) })}</p>
      {fact.because.length > 0 && (
        <section>
          <h3>{say("why.because")}</h3>
          <ul class="because">
            {fact.because.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </section>
      )}
      {fact.considered.length > 0 && (
        <section>
          <h3>{say("why.considered")}</h3>
          <ul class="considered">
            {fact.considered.map((address) => (
              <Address
                key={`${address.channel} ${address.to} ${address.person}`}
                address={address}
                at={fact.at}
              />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

/** "used", "next", "until 08:00", "not used": what it came to, at one glance. */
function standing({ chosen, verdict, until }: Considered, at: number): string {
  if (chosen) return say("why.chosen");
  if (verdict === "next") return say("why.next");
  return until !== null && until > at
    ? say("why.until", { time: moment(until, at) })
    : say("why.not");
}

function Address({ address, at }: { address: Considered; at: number }) {
  const { channel, to, person, chosen, sentence, verdict } = address;
  const good = chosen || verdict === "next";
  return (
    <li class={good ? "chosen" : ""}>
      <Icon name={channel} />
      <div>
        <p class="considered-to">
          <strong>
            <bdi>{to || say(`channel.${channel}`)}</bdi>
          </strong>
          {person && <bdi>{person}</bdi>}
          <span class={`tag ${good ? "good" : ""}`}>{standing(address, at)}</span>
        </p>
        <p class="muted">{sentence || verdict}</p>
      </div>
    </li>
  );
}
