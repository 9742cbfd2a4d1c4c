/** The edge of the desk: which conversations, who else is here, and whether we are. */

import { useRoom } from "../context";
import { Icon, Mark } from "../icons";
import { count } from "../inbox/book";
import { toHash, VIEWS, type View } from "../place";
import { say, sayMany } from "../words";
import { Colleagues, Face } from "./colleagues";
import { DutySwitch } from "./duty";

export function Rail({ onHelp }: { onHelp(): void }) {
  const { desk, signOut } = useRoom();
  return (
    <header class="rail">
      <div class="rail-mark" title={say("title")}>
        <Mark />
      </div>
      <nav class="views" aria-label={say("views.label")}>
        {VIEWS.map((view) => (
          <ViewLink key={view} view={view} />
        ))}
      </nav>
      <div class="rail-end">
        <Colleagues />
        <DutySwitch />
        <div class="rail-self">
          <Face name={desk.me.name} label={say("self.name", { name: desk.me.name })} />
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

function ViewLink({ view }: { view: View }) {
  const { desk } = useRoom();
  const here = desk.place.value.view === view;
  const n = count(desk.book.value, view, desk.me.agent_id);
  const shown = n && n.n > 0 ? `${n.n}${n.more ? "+" : ""}` : "";
  return (
    <a class="view" href={toHash({ view, open: null })} aria-current={here ? "page" : undefined}>
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
