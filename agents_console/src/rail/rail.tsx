/** The edge of the desk: which conversations, who else is here, and whether we are. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useRoom } from "../context";
import { Icon, Mark } from "../icons";
import { toHash, VIEWS, type View } from "../place";
import { DutyMenu } from "../together/duty-menu";
import { Face } from "../together/face";
import { say, sayMany } from "../words";
import { Colleagues } from "./colleagues";

interface RailProps {
  onHelp(): void;
  onSelf(): void;
}

export function Rail({ onHelp, onSelf }: RailProps) {
  const { desk, signOut } = useRoom();
  const { name, face } = desk.self.value ?? { name: desk.me.name, face: null };
  return (
    <header class="rail">
      <div class="rail-mark" title={say("title")}>
        <Mark />
      </div>
      <nav class="views" aria-label={say("views.label")}>
        <SearchLink />
        {VIEWS.map((view) => (
          <ViewLink key={view} view={view} />
        ))}
        <PolicyLink />
        <MailLink />
        <CannedLink />
      </nav>
      <div class="rail-end">
        <Colleagues />
        <DutyMenu />
        <div class="rail-self">
          <button
            type="button"
            class="self"
            aria-label={say("me.open", { name })}
            title={say("me.open", { name })}
            onClick={onSelf}
          >
            <Face name={name} id={desk.me.agent_id} face={face} />
          </button>
          <button
            type="button"
            class="plain square"
            aria-label={say("keys.open-help")}
            title={say("keys.open-help")}
            onClick={onHelp}
          >
            <Icon name="help" size={20} />
          </button>
          <button
            type="button"
            class="plain square"
            aria-label={say("signout")}
            title={say("signout")}
            onClick={signOut}
          >
            <Icon name="leave" size={20} />
          </button>
        </div>
      </div>
    </header>
  );
}

/** On a phone the views are a strip that is wider than the screen. */
function useInSight(here: boolean): RefObject<HTMLAnchorElement | null> {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (here) link.current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  return link;
}

function ViewLink({ view }: { view: View }) {
  const { desk } = useRoom();
  const { view: current, policy, mail, canned, aside, search } = desk.place.value;
  const away = [policy, mail, canned, aside, search].some((each) => each !== undefined);
  const here = !away && current === view;
  const n = view === "resolved" || view === "blocked" ? null : (desk.counts.value?.[view] ?? null);
  const shown = n && n.n > 0 ? `${n.n}${n.more ? "+" : ""}` : "";
  const link = useInSight(here);
  return (
    <a
      ref={link}
      class="view"
      href={toHash({ view, open: null })}
      aria-current={here ? "page" : undefined}
    >
      <Icon name={view} size={20} />
      <span class="view-name">{say(`view.${view}`)}</span>
      {shown && (
        <span class="view-count">
          {shown}
          <span class="hidden"> {sayMany("views.count", n?.n ?? 0)}</span>
        </span>
      )}
    </a>
  );
}

function SearchLink() {
  const { desk } = useRoom();
  const { view, search } = desk.place.value;
  return (
    <a
      class="view view-search"
      href={toHash({ view, open: null, search: true })}
      aria-current={search ? "page" : undefined}
      aria-keyshortcuts="/"
      title={say("search.link")}
    >
      <Icon name="search" size={20} />
      <span class="view-name">{say("search.link")}</span>
    </a>
  );
}

/** To the policy of the store whose conversation is open, else of the first. */
function PolicyLink() {
  const { desk } = useRoom();
  const { open, policy, mail } = desk.place.value;
  const store = policy ?? mail ?? open?.storeId ?? "";
  return (
    <a
      ref={useInSight(policy !== undefined)}
      class="view view-policy"
      href={toHash({ view: "open", open: null, policy: store })}
      aria-current={policy === undefined ? undefined : "page"}
      title={say("policy.link")}
    >
      <Icon name="policy" size={20} />
      <span class="view-name">{say("policy.link")}</span>
    </a>
  );
}

/** To the mails of the same store. */
function MailLink() {
  const { desk } = useRoom();
  const { open, policy, mail } = desk.place.value;
  const store = mail ?? policy ?? open?.storeId ?? "";
  return (
    <a
      ref={useInSight(mail !== undefined)}
      class="view view-policy"
      href={toHash({ view: "open", open: null, mail: store })}
      aria-current={mail === undefined ? undefined : "page"}
      title={say("mail.link")}
    >
      <Icon name="email" size={20} />
      <span class="view-name">{say("mail.link")}</span>
    </a>
  );
}

/** To the canned replies of the same store. */
function CannedLink() {
  const { desk } = useRoom();
  const { open, policy, mail, canned } = desk.place.value;
  const store = canned ?? mail ?? policy ?? open?.storeId ?? "";
  return (
    <a
      ref={useInSight(canned !== undefined)}
      class="view view-policy"
      href={toHash({ view: "open", open: null, canned: store })}
      aria-current={canned === undefined ? undefined : "page"}
      title={say("canned.link")}
    >
      <Icon name="canned" size={20} />
      <span class="view-name">{say("canned.link")}</span>
    </a>
  );
}
