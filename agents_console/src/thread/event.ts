/** What happened, told as a person would. */

import type { Entry } from "../../../widget/link/protocol.gen";
import { known, say } from "../words";
import { channelOf } from "./delivery";

/** Null for what has no place of its own in the timeline, and for what a newer gateway may add. */
export function told(entry: Entry): string | null {
  const { event, data, author } = entry;
  const by = author.side === "system" ? "system" : "person";
  const name = author.name;
  switch (event) {
    case "opened":
    case "resolved":
    case "reopened": {
      const key = known(`event.${event}.${by}`);
      return key && say(key, { name });
    }
    case "assigned":
      return assigned(entry, by);
    case "address":
    case "consent": {
      const channel = channelOf(data.channel);
      const key = known(`event.${event}.${String(data.what)}.${channel}`);
      if (!key) return null;
      const sentence = say(key, { to: String(data.to ?? "") });
      const words = typeof data.words === "string" ? data.words : "";
      return words ? say("delivery.because", { sentence, words }) : sentence;
    }
    default:
      return null;
  }
}

function assigned(entry: Entry, by: "system" | "person"): string {
  const { agent_id: agent, name } = entry.data;
  if (typeof agent !== "string" || typeof name !== "string") return say("event.unassigned");
  if (entry.author.id === agent) return say("event.assigned.self", { name });
  return say(`event.assigned.${by}`, { name, by: entry.author.name });
}
