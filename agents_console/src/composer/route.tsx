import type { Route } from "../../../widget/link/protocol.gen";
import { Icon } from "../icons";
import { full } from "../time";
import { say } from "../words";

/** The line over the composer: where this will go, when, and why. */
export function RouteLine({ route, note }: { route: Route | null; note: boolean }) {
  if (note) {
    return (
      <p class="route note" role="status">
        <Icon name="note" /> <span>{say("note.private")}</span>
      </p>
    );
  }
  if (!route) return <p class="route" role="status" />;
  const nowhere = route.channel === null;
  return (
    <p
      class={`route ${nowhere ? "nowhere" : ""} ${route.channel ?? ""}`}
      role="status"
      title={route.at === null ? undefined : say("route.at", { time: full(route.at) })}
    >
      <Icon name={route.channel ?? "warn"} /> <bdi>{route.sentence}</bdi>
    </p>
  );
}
