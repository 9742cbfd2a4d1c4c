/** Whose page it is: the store's name, or a choice of the stores. */

import { useRoom } from "../context";
import { type Place, toHash } from "../place";

interface StoresProps {
  chosen: string;
  label: string;
  /** The same page of another store. */
  place(storeId: string): Place;
}

export function Stores({ chosen, label, place }: StoresProps) {
  const { desk } = useRoom();
  const stores = Object.entries(desk.stores.value);
  if (stores.length < 2) {
    return (
      <p class="page-store">
        <bdi>{stores[0]?.[1]}</bdi>
      </p>
    );
  }
  return (
    <select
      class="page-store"
      aria-label={label}
      value={chosen}
      onChange={(event) => {
        const wanted = event.currentTarget.value;
        // The address leads, so that unsaved work is asked about; the list follows it.
        event.currentTarget.value = chosen;
        location.hash = toHash(place(wanted));
      }}
    >
      {stores.map(([id, name]) => (
        <option key={id} value={id} selected={id === chosen}>
          {name}
        </option>
      ))}
    </select>
  );
}
