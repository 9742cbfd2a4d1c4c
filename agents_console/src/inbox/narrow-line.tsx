/** What the view is narrowed to, each with the way out of it. */

import { useRoom } from "../context";
import { Icon } from "../icons";
import { say } from "../words";
import { type Narrow, WHOLE } from "./narrow";
import { LabelMark } from "./row";

export function NarrowLine() {
  const { desk } = useRoom();
  const { narrow = WHOLE, view } = desk.place.value;
  const names = Object.keys(narrow) as (keyof Narrow)[];
  if (names.length === 0) return null;
  return (
    <ul class="narrow-line">
      {names.map((name) => {
        const { [name]: _, ...others } = narrow;
        return (
          <li key={name}>
            <button
              type="button"
              class="chip"
              onClick={() => desk.go({ view, open: desk.place.value.open, narrow: others })}
            >
              <Told name={name} value={narrow[name] ?? ""} />
              <span class="hidden"> {say("narrow.end")}</span>
              <Icon name="close" size={12} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Told({ name, value }: { name: keyof Narrow; value: string }) {
  const { desk } = useRoom();
  switch (name) {
    case "store":
      return <>{desk.stores.value[value] ?? value}</>;
    case "channel":
      return <>{say(`channel.${value as NonNullable<Narrow["channel"]>}`)}</>;
    case "label": {
      const label = desk.labels.value.find((each) => each.label_id === value);
      return label ? <LabelMark label={label} /> : say("label.gone");
    }
    case "assignee": {
      const all = [...desk.colleagues.value, desk.me];
      const name = all.find((each) => each.agent_id === value)?.name;
      return <>{value === "" ? say("narrow.nobody") : (name ?? say("narrow.somebody"))}</>;
    }
  }
}
