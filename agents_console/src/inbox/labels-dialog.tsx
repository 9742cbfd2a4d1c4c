/** The labels of the stores: their names and colours, and the way to be rid of one. */

import { useState } from "preact/hooks";
import type { LabelFact } from "../../../widget/link/protocol.gen";
import { useRoom } from "../context";
import { Dialog } from "../dialog";
import { Icon } from "../icons";
import { say } from "../words";

const COLOURS: readonly LabelFact["colour"][] = ["grey", "green", "blue", "violet", "amber", "red"];

export function LabelsDialog() {
  const { desk } = useRoom();
  const [wrong, setWrong] = useState("");
  const labels = desk.labels.value;
  const several = Object.keys(desk.stores.value).length > 1;
  const ask = (method: "PUT" | "DELETE", label: LabelFact, body?: unknown) =>
    desk.api.ask(method, `/api/stores/${label.store_id}/labels/${label.label_id}`, body).then(
      () => setWrong(""),
      (error: Error) => setWrong(error.message || say("error.internal")),
    );
  return (
    <Dialog
      title={say("labels.title")}
      onClose={() => {
        desk.palette.value = null;
      }}
    >
      {labels.length === 0 && <p class="muted">{say("labels.none")}</p>}
      <ul class="labels-list">
        {labels.map((label) => (
          <li key={label.label_id}>
            <input
              type="text"
              maxLength={40}
              aria-label={say("labels.name", { name: label.name })}
              value={label.name}
              onChange={(event) => {
                const name = event.currentTarget.value;
                void ask("PUT", label, { name, colour: label.colour });
              }}
            />
            <select
              aria-label={say("labels.colour", { name: label.name })}
              value={label.colour}
              onChange={(event) => {
                const colour = event.currentTarget.value;
                void ask("PUT", label, { name: label.name, colour });
              }}
            >
              {COLOURS.map((colour) => (
                <option key={colour} value={colour}>
                  {say(`colour.${colour}`)}
                </option>
              ))}
            </select>
            {several && <span class="muted">{desk.stores.value[label.store_id]}</span>}
            <Remove label={label} onRemove={() => void ask("DELETE", label)} />
          </li>
        ))}
      </ul>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </Dialog>
  );
}

/** There is no way back from this one, so it is asked for twice. */
function Remove({ label, onRemove }: { label: LabelFact; onRemove(): void }) {
  const [sure, setSure] = useState(false);
  if (sure) {
    return (
      <button type="button" class="button danger" onClick={onRemove}>
        {say("labels.sure")}
      </button>
    );
  }
  return (
    <button
      type="button"
      class="plain square"
      aria-label={say("labels.remove", { name: label.name })}
      title={say("labels.remove", { name: label.name })}
      onClick={() => setSure(true)}
    >
      <Icon name="bin" />
    </button>
  );
}
