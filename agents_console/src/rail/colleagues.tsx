import type { Colleague } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { now } from "../time";
import { standing } from "../together/duty";
import { Face } from "../together/face";
import { say } from "../words";

const MOST_FACES = 4;

/** Whoever is here comes first; those who are not are left out of the picture. */
export function Colleagues() {
  const { desk } = useRoom();
  const here = desk.colleagues.value
    .filter((colleague) => colleague.connected)
    .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
  if (here.length === 0) return null;
  const rest = here.slice(MOST_FACES);
  return (
    <ul class="colleagues" aria-label={say("colleagues.label")}>
      {here.slice(0, MOST_FACES).map((colleague) => (
        <li key={colleague.agent_id} class={`colleague ${colleague.duty}`}>
          <Face
            name={colleague.name}
            id={colleague.agent_id}
            face={colleague.face}
            label={say("colleague.is", {
              name: colleague.name,
              state: standing(colleague, now.value),
            })}
          />
        </li>
      ))}
      {rest.length > 0 && (
        <li class="colleague more" title={rest.map((colleague) => colleague.name).join(", ")}>
          {say("colleagues.more", { n: rest.length })}
        </li>
      )}
    </ul>
  );
}

function rank({ duty }: Colleague): number {
  return duty === "online" ? 0 : 1;
}
