import type { Alert } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { clock, date, day, now } from "../time";
import { known, say, sayMany } from "../words";

/** What an owner has to mend outside of the console; silent while all goes out. */
export function AlertLines() {
  const { desk } = useRoom();
  const alerts = desk.alerts.value;
  const stores = desk.stores.value;
  const several = Object.keys(stores).length > 1;
  return (
    <div class="alerts" role="status" aria-label={say("alerts.label")}>
      {alerts.map((alert) => (
        <p key={`${alert.store_id}:${alert.channel}:${alert.code}:${alert.about}`}>
          <strong>
            {several && `${stores[alert.store_id] ?? ""}: `}
            {say("alerts.stuck", { channel: channelOf(alert) })}
          </strong>{" "}
          {say("alerts.why", { words: alert.words, code: codeOf(alert) })}{" "}
          {say("alerts.since", { time: since(alert.since, now.value) })}
          {alert.count > 1 && ` ${sayMany("alerts.times", alert.count)}`}
        </p>
      ))}
    </div>
  );
}

function channelOf({ channel }: Alert): string {
  const key = known(`channel.${channel}`);
  return key ? say(key) : channel;
}

/** The provider's own number for it, to look up or to send to its support, and what it is true of. */
function codeOf({ code, about }: Alert): string {
  return about ? `${code}, ${about}` : code;
}

function since(at: number, present: number): string {
  if (day(at) === day(present)) return clock(at);
  return say("time.on", { date: date(at, present), time: clock(at) });
}
