/** An agent's own settings: where and when they are told that somebody waits. */

import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { useRoom } from "../context";
import { plainly } from "../desk/plainly";
import { useFetched } from "../thread/fetched";
import { say } from "../words";
import { OwnAddresses } from "./addresses";
import { HereAlerts } from "./alerts";
import { OwnHours } from "./hours";
import { type Own, ownRequests } from "./own";
import { WhoIAm } from "./who";
import "../styles/me.css";

export function OwnSettings() {
  const { desk } = useRoom();
  const [requests] = useState(() => ownRequests(desk.api.ask));
  const first = useFetched("own", requests.look);
  const [later, setLater] = useState<Own | null>(null);
  const own = later ?? (first.at === "here" ? first.fact : null);

  /** Null when it is done, else the words that say why not. */
  async function act(what: () => Promise<Own>): Promise<string | null> {
    try {
      setLater(await what());
      return null;
    } catch (error) {
      return refusal(error);
    }
  }

  return (
    <>
      {first.at === "asking" && <p class="muted">{say("thread.loading")}</p>}
      {first.at === "refused" && <p role="alert">{first.words}</p>}
      {own && (
        <div class="me">
          <p class="muted">
            {say("self.name", { name: own.name })} · <bdi>{own.email}</bdi>
          </p>
          <WhoIAm own={own} id={desk.me.agent_id} requests={requests} act={act} />
          <HereAlerts wishes={desk.wishes} />
          <OwnAddresses own={own} requests={requests} act={act} />
          <OwnHours
            own={own}
            onKeep={(hours, zone) => act(() => requests.keepHours(hours, zone))}
          />
          <section>
            <h3>{say("me.call")}</h3>
            <p>
              {own.on_call > 0 ? say("me.call.yes", { place: own.on_call }) : say("me.call.no")}
            </p>
          </section>
        </div>
      )}
    </>
  );
}

/** The gateway's own sentence says best what is wrong with a number, a code or an hour. */
function refusal(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return say("error.unreachable");
  if (error.status === 400 && error.message) return error.message;
  return plainly(error);
}
