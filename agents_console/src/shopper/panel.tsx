/** The right column: who the shopper is, where they are, and how they can be reached. */

import type { ShopperFact } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { doing, PresenceDot, pagePath } from "../presence";
import { full, now } from "../time";
import { say, sayMany } from "../words";
import { AddressItem } from "./address";
import { Answers } from "./answers";
import {
  Blocked,
  MayBe,
  Merges,
  OtherConversations,
  Prefers,
  ShopperActs,
  useAbout,
} from "./beside";
import { ToldOf, Who } from "./identity";
import { SendTranscript } from "./transcript";

export function ShopperColumn() {
  const { desk } = useRoom();
  const shopper = desk.thread.value?.shopper;
  return (
    <aside class="shopper" aria-label={say("shopper.label")}>
      {shopper && (
        <>
          <h2>
            <bdi>{shopper.name || say("shopper.unnamed")}</bdi>
          </h2>
          <ShopperFacts shopper={shopper} />
        </>
      )}
    </aside>
  );
}

export function ShopperDrawer({ onClose }: { onClose(): void }) {
  const { desk } = useRoom();
  const shopper = desk.thread.value?.shopper;
  return (
    <Dialog title={shopper?.name || say("shopper.unnamed")} shape="drawer" onClose={onClose}>
      {shopper ? <ShopperFacts shopper={shopper} /> : <p class="muted">{say("thread.loading")}</p>}
    </Dialog>
  );
}

function ShopperFacts({ shopper }: { shopper: ShopperFact }) {
  const { desk } = useRoom();
  const about = useAbout(shopper);
  return (
    <div class="facts">
      <Blocked shopper={shopper} />
      <Who shopper={shopper} />
      <MayBe about={about} />
      <section>
        <h3>{say("shopper.now")}</h3>
        <p class="fact-doing" title={full(shopper.since)}>
          <PresenceDot presence={shopper.presence} /> {doing(shopper, now.value, false)}
        </p>
        <Page shopper={shopper} />
      </section>
      <section>
        <h3>{say("shopper.addresses")}</h3>
        {shopper.addresses.length === 0 ? (
          <p class="muted">{say("shopper.addresses.none")}</p>
        ) : (
          <ul class="addresses">
            {shopper.addresses.map((address) => (
              <AddressItem
                key={address.address_id}
                address={address}
                vouched={shopper.identity.vouched.includes(address.address_id)}
              />
            ))}
          </ul>
        )}
        <SendTranscript shopper={shopper} />
      </section>
      <Prefers shopper={shopper} />
      <Answers answers={shopper.answers} />
      <ToldOf identity={shopper.identity} />
      <section>
        <h3>{say("shopper.earlier")}</h3>
        <p class={shopper.earlier > 0 ? "" : "muted"}>
          {shopper.earlier > 0
            ? sayMany("shopper.earlier.some", shopper.earlier)
            : say("shopper.earlier.none")}
        </p>
        <OtherConversations about={about} current={desk.thread.value?.conversationId ?? ""} />
      </section>
      <Merges about={about} />
      <ShopperActs shopper={shopper} />
    </div>
  );
}

/** A link only to the web: an address that a page reports may be anything. */
function Page({ shopper }: { shopper: ShopperFact }) {
  const { page_url: url, page_title: title } = shopper;
  if (!url) return null;
  const path = pagePath(url) || url;
  return (
    <p class="fact-page">
      {shopper.presence === "gone" && <span class="muted">{say("shopper.last-page")}</span>}
      {title && <bdi>{title}</bdi>}
      {/^https?:\/\//i.test(url) ? (
        <a href={url} target="_blank" rel="noopener noreferrer" dir="ltr">
          {path}
        </a>
      ) : (
        <span dir="ltr">{path}</span>
      )}
    </p>
  );
}
