/** What can be done with the marked conversations. */

import { useRoom } from "../context";
import { Icon } from "../icons";
import { say, sayMany } from "../words";

export function MarkedBar() {
  const { desk } = useRoom();
  const n = desk.marked.value.size;
  if (n === 0) return null;
  const rows = desk.chosen();
  const done = rows.length > 0 && rows.every((row) => row.state === "resolved");
  const ask = (what: "assign" | "label" | "snooze") => () => {
    desk.palette.value = what;
  };
  return (
    <div class="marked-bar" role="toolbar" aria-label={say("marked.label")}>
      <span class="marked-n">{sayMany("marked.n", n)}</span>
      <button
        type="button"
        class="plain square"
        aria-label={say("marked.all")}
        title={say("marked.all")}
        onClick={() => {
          desk.marked.value = new Set(desk.rows.value.map((row) => row.conversation_id));
        }}
      >
        <Icon name="check" />
      </button>
      <span class="marked-acts">
        <button type="button" class="plain" onClick={ask("assign")}>
          {say("marked.assign")}
        </button>
        <button type="button" class="plain" onClick={ask("label")}>
          {say("marked.tag")}
        </button>
        {!done && (
          <button type="button" class="plain" onClick={ask("snooze")}>
            {say("marked.snooze")}
          </button>
        )}
        <button
          type="button"
          class="plain strong"
          onClick={() => (done ? desk.reopenThese : desk.resolveThese)(desk.chosen())}
        >
          {say(done ? "marked.reopen" : "marked.resolve")}
        </button>
      </span>
      <button
        type="button"
        class="plain square"
        aria-label={say("marked.none")}
        title={say("marked.none")}
        onClick={() => {
          desk.marked.value = new Set();
        }}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
