/** The filters that an agent keeps, wherever they sign in. */

import { type Signal, signal } from "@preact/signals";
import type { Ask } from "../api";
import type { View } from "../place";
import { fromWire, type Narrow, type Narrowed, toWire } from "./narrow";

interface Told {
  readonly filter_id: string;
  readonly name: string;
  readonly asks: Narrowed;
}

export interface SavedFilter {
  readonly filter_id: string;
  readonly name: string;
  readonly view: View;
  readonly narrow: Narrow;
}

export interface Filters {
  readonly all: Signal<readonly SavedFilter[]>;
  load(): Promise<void>;
  keep(name: string, view: View, narrow: Narrow): Promise<void>;
  remove(filterId: string): Promise<void>;
}

/** Each rejects with an `ApiError`; what was held stays. */
export function createFilters(ask: Ask): Filters {
  const all = signal<readonly SavedFilter[]>([]);
  const take = ({ filters }: { filters: readonly Told[] }) => {
    all.value = filters.map(({ filter_id, name, asks }) => ({
      filter_id,
      name,
      view: asks.view,
      narrow: fromWire(asks),
    }));
  };
  const path = "/api/me/filters";
  return {
    all,
    // Without them the palette is short of a few lines, and says so when one is kept.
    load: () => ask<{ filters: Told[] }>("GET", path).then(take, () => undefined),
    keep: async (name, view, narrow) =>
      take(await ask("POST", path, { name, asks: toWire(view, narrow) })),
    remove: async (filterId) =>
      take(await ask("DELETE", `${path}/${encodeURIComponent(filterId)}`)),
  };
}
