import type { Colleague } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { say } from "../words";

const MOST_FACES = 4;

/** Two letters that stand for a name, in any script. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/).filter(Boolean);
  const ends = parts.length > 1 ? [parts[0], parts.at(-1)] : parts.slice(0, 1);
  return ends
    .map((part) => [...(part ?? "")][0] ?? "")
    .join("")
    .toLocaleUpperCase();
}

/** `label` is empty where what stands around it says who that is. */
export function Face({ name, label }: { name: string; label: string }) {
  if (!label) {
    return (
      <span class="face" aria-hidden="true">
        {initials(name)}
      </span>
    );
  }
  return (
    <span class="face" role="img" aria-label={label} title={label}>
      {initials(name)}
    </span>
  );
}

function standing(colleague: Colleague): "online" | "away" | "offline" {
  if (!colleague.connected) return "offline";
  return colleague.duty;
}

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
        <li key={colleague.agent_id} class={`colleague ${standing(colleague)}`}>
          <Face
            name={colleague.name}
            label={say(`colleague.${standing(colleague)}`, { name: colleague.name })}
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

function rank(colleague: Colleague): number {
  return standing(colleague) === "online" ? 0 : 1;
}
