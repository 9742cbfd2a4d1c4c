/** The colleagues who have this conversation before their eyes as well, or are answering in it. */

import type { Colleague } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Face } from "../together/face";
import { say, sayMany } from "../words";
import type { Thread } from "./thread";
import "../styles/gallery.css";

const MOST_FACES = 3;

export function Onlookers({ thread }: { thread: Thread }) {
  const { desk } = useRoom();
  const live = desk.connection.value.at === "live";
  const found = live ? onlookers(thread, desk.colleagues.value) : [];
  return (
    <span class="onlookers" role="status">
      {found.length > 0 && (
        <>
          <span class="onlookers-faces">
            {found.slice(0, MOST_FACES).map(({ colleague: { agent_id: id, name, face } }) => (
              <Face key={id} name={name} id={id} face={face} size={20} />
            ))}
          </span>
          <span class="onlookers-words">{told(found)}</span>
        </>
      )}
    </span>
  );
}

interface Onlooker {
  readonly colleague: Colleague;
  readonly writes: boolean;
}

/** Whoever writes comes first. */
export function onlookers(
  { looking, typing }: Pick<Thread, "looking" | "typing">,
  colleagues: readonly Colleague[],
): readonly Onlooker[] {
  const writing = new Set(typing.map(({ agentId }) => agentId));
  return colleagues
    .map((colleague) => ({ colleague, writes: writing.has(colleague.agent_id) }))
    .filter(({ colleague, writes }) => writes || looking.includes(colleague.agent_id))
    .sort((one, other) => Number(other.writes) - Number(one.writes));
}

export function told(found: readonly Onlooker[]): string {
  const [first] = found;
  if (!first) return "";
  const { name } = first.colleague;
  if (first.writes) return say("looking.writing", { name });
  if (found.length === 1) return say("looking.one", { name });
  return sayMany("looking.more", found.length - 1, { name });
}
