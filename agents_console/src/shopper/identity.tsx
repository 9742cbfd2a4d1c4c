/** Who the shopper is and how we know, and what the shop's pages tell of them. */

import { useState } from "preact/hooks";
import type {
  IdentityFact,
  ShopperFact,
  TrackedFact,
  TraitFact,
} from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { ago, date, full, now } from "../time";
import { say } from "../words";

/** Of what was seen, so much is shown before it is asked for. */
const FIRST = 5;

export function Who({ shopper }: { shopper: ShopperFact }) {
  const { sub, signed_at: at, claims } = shopper.identity;
  return (
    <section class="who">
      {sub !== null && at !== null ? (
        <>
          <p class="verified yes" title={full(at)}>
            <Icon name="check" size={14} /> {say("shopper.signed")}
          </p>
          <p class="muted">{say("shopper.signed.why", { sub, date: date(at, now.value) })}</p>
        </>
      ) : (
        <p class={`verified ${shopper.verified ? "yes" : ""}`}>
          {say(shopper.verified ? "shopper.verified" : "shopper.unverified")}
        </p>
      )}
      {claims.length > 0 && (
        <>
          <p class="claimed">
            <Icon name="warn" size={14} /> {say("shopper.says")}
          </p>
          <Traits traits={claims} />
          <p class="muted">{say(sub === null ? "shopper.says.why" : "shopper.says.beside")}</p>
        </>
      )}
    </section>
  );
}

export function ToldOf({ identity }: { identity: IdentityFact }) {
  const { attributes, tracked } = identity;
  return (
    <>
      {attributes.length > 0 && (
        <section>
          <h3>{say("shopper.attributes")}</h3>
          <Traits traits={attributes} />
        </section>
      )}
      {tracked.length > 0 && <Tracked tracked={tracked} />}
    </>
  );
}

function Traits({ traits }: { traits: TraitFact[] }) {
  return (
    <dl class="traits">
      {traits.map(({ name, value, at }) => (
        <div key={name} title={full(at)}>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Tracked({ tracked }: { tracked: TrackedFact[] }) {
  const [all, showAll] = useState(false);
  const shown = all ? tracked : tracked.slice(0, FIRST);
  return (
    <section>
      <h3>{say("shopper.tracked")}</h3>
      <ol class="tracked">
        {shown.map(({ name, data, at }, place) => (
          <li key={tracked.length - place}>
            <p>
              <bdi>{name}</bdi>{" "}
              <time class="muted" dateTime={new Date(at).toISOString()} title={full(at)}>
                {ago(at, now.value)}
              </time>
            </p>
            {Object.keys(data).length > 0 && (
              <p class="muted">
                <bdi>
                  {Object.entries(data)
                    .map(([field, value]) => `${field}: ${value}`)
                    .join(", ")}
                </bdi>
              </p>
            )}
          </li>
        ))}
      </ol>
      {tracked.length > shown.length && (
        <button type="button" class="plain small" onClick={() => showAll(true)}>
          {say("shopper.tracked.more", { n: tracked.length })}
        </button>
      )}
    </section>
  );
}
