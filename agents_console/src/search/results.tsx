/** What was found: conversations, each with the places in it. */

import { useRoom } from "../context";
import { Icon, type IconName } from "../icons";
import type { View } from "../place";
import { toHash } from "../place";
import { full, now, stamp } from "../time";
import { say as sayConsole } from "../words";
import { Excerpt } from "./excerpt";
import type { Found, Hit } from "./requests";
import { say } from "./words";

interface ResultProps {
  found: Found;
  view: View;
  onOpen(): void;
}

export function Result({ found, view, onOpen }: ResultProps) {
  const { desk } = useRoom();
  const stores = desk.stores.value;
  const several = Object.keys(stores).length > 1;
  const which = { storeId: found.store_id, conversationId: found.conversation_id };
  const whole = toHash({ view, open: which });
  return (
    <li class="found">
      <a class="found-head" href={whole} onClick={onOpen} data-hit>
        <bdi class="found-who">{found.shopper}</bdi>
        <span class="found-facts">
          <span>{say("number", { number: found.number })}</span>
          {several && <bdi>{stores[found.store_id]}</bdi>}
          {found.state === "resolved" && <span>{say("resolved")}</span>}
          {found.snoozed && <span>{say("snoozed")}</span>}
        </span>
        <time dateTime={new Date(found.last_at).toISOString()} title={full(found.last_at)}>
          {stamp(found.last_at, now.value)}
        </time>
        {found.hits.length === 0 && <bdi class="found-preview">{found.preview}</bdi>}
      </a>
      {found.hits.length > 0 && (
        <ul class="hits">
          {found.hits.map((hit, at) => (
            <li key={hit.seq ?? `${hit.what}${at}`}>
              <HitLink
                hit={hit}
                href={hit.seq === null ? whole : toHash({ view, open: { ...which, seq: hit.seq } })}
                onOpen={onOpen}
              />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function HitLink({ hit, href, onOpen }: { hit: Hit; href: string; onOpen(): void }) {
  const what = hit.what === "message" ? "" : say(`what.${hit.what}`, { name: hit.name });
  return (
    <a class={`hit hit-${hit.what}`} href={href} onClick={onOpen} data-hit>
      <Icon name={icon(hit)} size={14} />
      <span class="hit-words">
        {what && <span class="hit-what">{what}</span>} <Excerpt text={hit.text} marks={hit.marks} />
      </span>
      {hit.at !== null && (
        <span class="hit-by">
          <bdi>{hit.author || sayConsole("thread.shopper")}</bdi>{" "}
          <time dateTime={new Date(hit.at).toISOString()} title={full(hit.at)}>
            {stamp(hit.at, now.value)}
          </time>
        </span>
      )}
    </a>
  );
}

const ICONS: Readonly<Record<string, IconName>> = {
  note: "note",
  file: "file",
  name: "mine",
  subject: "email",
  trait: "mine",
};

function icon(hit: Hit): IconName {
  const channel = hit.what === "address" ? hit.name : hit.channel;
  const known: readonly string[] = ["chat", "sms", "email", "whatsapp", "push", "app"];
  return ICONS[hit.what] ?? (known.includes(channel) ? (channel as IconName) : "chat");
}
