import { answering } from "../link/shopper";
import { useHouse, useRoom } from "./context";
import { CloseIcon, PhoneIcon } from "./icons";
import { hasWritten } from "./offer";
import { FACES, PresenceLine } from "./PresenceLine";

export function Header() {
  const { room, tongue, name, alone } = useHouse();
  const { view, sheet } = useRoom();
  const { words } = tongue;
  const on = answering(view);
  const names = on.slice(0, FACES).map((agent) => agent.name);
  const listed = new Intl.ListFormat(tongue.language, { type: "unit" }).format(names);
  const store = view.welcome?.store_name ?? name;
  return (
    <header>
      {on.length > 0 && (
        <span class="faces">
          {names.map((one) => (
            <Face key={one} name={one} />
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

/** Stands beside the name, so it tells nobody anything new. */
export function Face({ name }: { name: string }) {
  return (
    <span class="face" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** "Ada Lovelace" → "AL"; by code points, since a name may begin with anything. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const ends = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return ends
    .map((part) => [...(part ?? "")][0] ?? "")
    .join("")
    .toUpperCase();
}
