/** Beside what is told of the shopper: what can be done about them, who they may be, and were. */

import { useEffect, useState } from "preact/hooks";
import type { ShopperFact } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import type { Deciding } from "../desk/state";
import { Icon } from "../icons";
import { language as nameOf } from "../languages";
import { toHash } from "../place";
import { date, full, now } from "../time";
import { say as sayDesk } from "../words";
import { preference } from "./preview";
import { type About, type ConversationLine, type MergeLine, shopperRequests } from "./requests";
import { say } from "./words";

/** Of the other conversations, so many are shown before more are asked for. */
const FIRST = 5;

/** What the gateway knows besides; null until it has said so, or if it cannot. */
export function useAbout(shopper: ShopperFact): About | null {
  const { desk } = useRoom();
  const storeId = desk.thread.value?.storeId ?? "";
  const [held, hold] = useState<{ of: string; about: About } | null>(null);
  const addresses = shopper.addresses.map((each) => each.address_id).join();
  const merged = lastMerge(desk.thread.value?.log?.entries ?? []);
  useEffect(() => {
    let stale = false;
    shopperRequests(desk.api.ask, storeId)
      .about(shopper.shopper_id)
      .then(
        (about) => !stale && hold({ of: shopper.shopper_id, about }),
        // What the panel shows by itself stands without it; the next change asks again.
        () => !stale && hold(null),
      );
    return () => {
      stale = true;
    };
  }, [desk, storeId, shopper.shopper_id, shopper.earlier, addresses, merged]);
  // Somebody else's is not shown, nor taken back, until theirs is here.
  return held?.of === shopper.shopper_id ? held.about : null;
}

function lastMerge(entries: readonly { seq: number; event: string | null }[]): number {
  const told = new Set(["merged_by", "parted_by", "merged", "parted"]);
  return entries.findLast((each) => each.event !== null && told.has(each.event))?.seq ?? 0;
}

export function Blocked({ shopper }: { shopper: ShopperFact }) {
  const { blocked } = shopper;
  if (!blocked) return null;
  return (
    <section class="blocked-line" role="note">
      <p title={full(blocked.since)}>
        <Icon name="blocked" size={14} />{" "}
        {say("blocked.since", { date: date(blocked.since, now.value) })}{" "}
        <bdi>{say("blocked.by", { by: blocked.by, because: blocked.because })}</bdi>
      </p>
      <p class="muted">{say("blocked.means")}</p>
    </section>
  );
}

/** Where they like to be answered, in which language, and where they are. */
export function Prefers({ shopper }: { shopper: ShopperFact }) {
  const { preference: channels, language, zone } = shopper;
  return (
    <section>
      <h3>{say("prefers.title")}</h3>
      <p class={channels.length > 0 ? "" : "muted"}>{preference(channels)}</p>
      {language && <p class="muted">{say("about.language", { language: nameOf(language) })}</p>}
      {zone && <p class="muted">{say("about.zone", { zone: zone.replaceAll("_", " ") })}</p>}
    </section>
  );
}

export function MayBe({ about }: { about: About | null }) {
  const { desk } = useRoom();
  if (!about || about.alike.length === 0) return null;
  return (
    <section>
      <h3>{say("alike.title")}</h3>
      <ul class="beside-list">
        {about.alike.map((each) => (
          <li key={each.shopper_id}>
            <p>
              <bdi>{each.name}</bdi>{" "}
              <span class="muted" dir="auto">
                {say("alike.by", { value: each.by })}
              </span>
            </p>
            <button
              type="button"
              class="button small"
              aria-label={`${say("alike.look")} ${each.name}`}
              onClick={() => {
                desk.deciding.value = { what: "merge", with: each.shopper_id };
              }}
            >
              {say("alike.look")}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function OtherConversations({ about, current }: { about: About | null; current: string }) {
  const [all, showAll] = useState(false);
  const others = (about?.conversations ?? []).filter((each) => each.conversation_id !== current);
  const shown = all ? others : others.slice(0, FIRST);
  if (shown.length === 0) return null;
  return (
    <>
      <ul class="beside-list">
        {shown.map((each) => (
          <Other key={each.conversation_id} line={each} />
        ))}
      </ul>
      {others.length > shown.length && (
        <button type="button" class="plain small" onClick={() => showAll(true)}>
          {say("earlier.more", { n: others.length })}
        </button>
      )}
    </>
  );
}

function Other({ line }: { line: ConversationLine }) {
  const { desk } = useRoom();
  const { view } = desk.place.value;
  const storeId = desk.thread.value?.storeId ?? "";
  const open = { storeId, conversationId: line.conversation_id };
  const state = say(`earlier.${line.continued_in ? "continued" : line.state}`);
  return (
    <li>
      <p>
        <a href={toHash({ view, open })}>{sayDesk("inbox.number", { number: line.number })}</a>{" "}
        <span class="muted">
          {state} · {date(line.last_at, now.value)}
        </span>
        {line.subject && (
          <span class="beside-subject" dir="auto">
            {line.subject}
          </span>
        )}
      </p>
    </li>
  );
}

export function Merges({ about }: { about: About | null }) {
  if (!about || about.merges.length === 0) return null;
  return (
    <section>
      <h3>{say("merges.title")}</h3>
      <ul class="beside-list">
        {about.merges.map((each) => (
          <Merge key={each.merge_id} merge={each} />
        ))}
      </ul>
    </section>
  );
}

function Merge({ merge }: { merge: MergeLine }) {
  const { desk } = useRoom();
  const storeId = desk.thread.value?.storeId ?? "";
  const by = merge.by ? say("merges.by", { by: merge.by }) : say("merges.by.shop");
  return (
    <li>
      <p title={full(merge.at)}>
        <bdi>{say("merges.line", { name: merge.name, date: date(merge.at, now.value) })}</bdi>{" "}
        <span class="muted">{by}</span>
      </p>
      {merge.first ? (
        <p class="muted">{say("merges.first")}</p>
      ) : (
        <button
          type="button"
          class="button small"
          aria-label={`${say("merges.back")} ${merge.name}`}
          onClick={() => {
            desk.deciding.value = { what: "part", storeId, mergeId: merge.merge_id };
          }}
        >
          {say("merges.back")}
        </button>
      )}
    </li>
  );
}

export function ShopperActs({ shopper }: { shopper: ShopperFact }) {
  const { desk } = useRoom();
  const act = (deciding: Deciding) => () => {
    desk.deciding.value = deciding;
  };
  return (
    <section>
      <h3>{say("acts.title")}</h3>
      <p class="shopper-acts">
        <button type="button" class="button small" onClick={act({ what: "merge" })}>
          <Icon name="merge" size={14} /> {say("acts.merge")}
        </button>
        <button
          type="button"
          class="button small"
          onClick={act({ what: shopper.blocked ? "unblock" : "block" })}
        >
          <Icon name="blocked" size={14} /> {say(shopper.blocked ? "acts.unblock" : "acts.block")}
        </button>
      </p>
    </section>
  );
}
