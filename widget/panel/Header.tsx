import { initials } from "../link/initials";
import { answering } from "../link/shopper";
import { useHouse, useRoom } from "./context";
import { CloseIcon, PhoneIcon } from "./icons";
import { hasWritten } from "./offer";
import { FACES, PresenceLine } from "./PresenceLine";

export function Header() {
  const { room, tongue, name, alone } = useHouse();
  const { view, sheet } = useRoom();
  const { words } = tongue;
  const on = answering(view).slice(0, FACES);
  const names = on.map((agent) => agent.name);
  const listed = new Intl.ListFormat(tongue.language, { type: "unit" }).format(names);
  const store = view.welcome?.store_name ?? name;
  return (
    <header>
      {on.length > 0 && (
        <span class="faces">
          {on.map(({ agent_id, name, face }) => (
            <Face key={agent_id} name={name} face={face} />
          ))}
        </span>
      )}
      <div class="who">
        <h1 dir="auto" title={store}>
          {store}
        </h1>
        <PresenceLine listed={listed} />
      </div>
      {hasWritten(view) && !sheet && (
        <button
          type="button"
          class="plain"
          aria-label={words.reachTitle}
          title={words.reachTitle}
          onClick={() => room.showReach(true)}
        >
          <PhoneIcon />
        </button>
      )}
      {!alone && (
        <button
          type="button"
          class="plain"
          aria-label={words.close}
          title={words.close}
          onClick={() => room.close()}
        >
          <CloseIcon />
        </button>
      )}
    </header>
  );
}

/** Stands beside the name, so it tells nobody anything new. Initials are what is behind a picture. */
export function Face({ name, face }: { name: string; face: string | null }) {
  return (
    <span class="face" aria-hidden="true">
      {initials(name)}
      {face && <img src={face} width="32" height="32" alt="" />}
    </span>
  );
}
