import { useHouse, useRoom } from "./context";

/** So many in a row are no hiccup: another network may be in the way, and may want something. */
const MANY = 5;

/** The truth about the connection, when there is anything to say. */
export function ConnectionLine() {
  const { words } = useHouse().tongue;
  const { link, everLive, online, failures, lacking } = useRoom();
  const text = () => {
    if (link.at === "stopped") return link.why === null ? "" : words.refused;
    if (!online) return words.offline;
    if (link.at === "live") return lacking > 0 ? words.lacking : "";
    if (failures >= MANY) return words.unreachable;
    return everLive ? words.reconnecting : words.connecting;
  };
  const line = text();
  // Always there, so that a screen reader hears it change; shown late by the style, so that a
  // blink of the network is not news.
  return (
    <p class={line ? "line shown" : "line"} role="status">
      {line}
    </p>
  );
}
