/** An empty field teaches what may be typed, and offers what was looked for lately. */

import type { Signal } from "@preact/signals";
import { useRoom } from "../context";
import { forget, recent } from "./recent";
import type { SearchRoom } from "./room";
import { type Key, say } from "./words";

const TAUGHT = [
  "exact",
  "number",
  "from",
  "is",
  "label",
  "assignee",
  "via",
  "has",
  "since",
  "store",
] as const;

interface TeachingProps {
  room: SearchRoom;
  /** Put this into the field, and go there. */
  onTake(query: string): void;
}

export function Teaching({ room, onTake }: TeachingProps) {
  const { desk } = useRoom();
  const [store] = Object.values(desk.stores.value);
  const several = Object.keys(desk.stores.value).length > 1;
  const values = { day: lastMonth(), store: word(store ?? "") };
  const taught = TAUGHT.filter((each) => each !== "store" || (several && values.store));
  return (
    <div class="search-empty">
      {room.recent.value.length > 0 && (
        <Recent queries={room.recent} onTake={onTake} agentId={desk.me.agent_id} />
      )}
      <section>
        <h2>{say("teach")}</h2>
        <dl class="taught">
          {taught.map((each) => {
            const query = say(`teach.${each}.query` as Key, values);
            return (
              <div key={each}>
                <dt>
                  <button type="button" class="operator" onClick={() => onTake(query)}>
                    {query}
                  </button>
                </dt>
                <dd>{say(`teach.${each}` as Key)}</dd>
              </div>
            );
          })}
        </dl>
        <p class="muted small search-keys">{say("keys")}</p>
      </section>
    </div>
  );
}

interface RecentProps {
  queries: Signal<readonly string[]>;
  agentId: string;
  onTake(query: string): void;
}

function Recent({ queries, agentId, onTake }: RecentProps) {
  return (
    <section>
      <h2>{say("recent")}</h2>
      <ul class="recent">
        {queries.value.map((query) => (
          <li key={query}>
            <button type="button" class="button" onClick={() => onTake(query)}>
              <bdi>{query}</bdi>
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            class="plain small"
            onClick={() => {
              forget(agentId);
              queries.value = recent(agentId);
            }}
          >
            {say("recent.forget")}
          </button>
        </li>
      </ul>
    </section>
  );
}

/** A day that anybody has something from. */
function lastMonth(): string {
  const day = new Date();
  day.setDate(1);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-01`;
}

/** The first word of a name, as it can be typed. */
function word(name: string): string {
  return (/[\p{L}\p{N}]+/u.exec(name)?.[0] ?? "").toLowerCase();
}
