import { useRoom } from "../context";
import { say } from "../words";

/** Silent while all is well; else what is going on, and that nothing written is lost. */
export function ConnectionLine() {
  const { desk } = useRoom();
  const { at } = desk.connection.value;
  const first = !desk.greeted.value;
  const lost = at === "waiting" || (at === "connecting" && !first);
  return (
    <div class="connection" role="status">
      {lost && (
        <p class="connection-line">
          <span>{say(first ? "connection.first" : "connection.lost")}</span>
          {/* Not disabled while it connects: the browser would take the keys from it. */}
          <button
            type="button"
            class="plain"
            aria-disabled={at === "connecting"}
            onClick={() => at !== "connecting" && desk.wake()}
          >
            {say("connection.now")}
          </button>
        </p>
      )}
    </div>
  );
}
