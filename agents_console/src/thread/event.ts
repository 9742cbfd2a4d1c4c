/** What happened, told as a person would. */

import type { Entry } from "../../../widget/link/protocol.gen";
import { moment } from "../time";
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
      if (data.continued_in) return say("event.continued", { number: String(data.number) });
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
    case "related":
      return typeof data.number === "number"
        ? say(known(`event.related.${String(data.why)}`) ?? "event.related", {
            number: String(data.number),
          })
        : null;
    case "merged":
    case "parted":
      return say(`event.${event}`, { number: String(data.number) });
    case "override":
      return overridden(entry);
    case "prefers": {
      const first = Array.isArray(data.channels) ? (data.channels[0] ?? "any") : "";
      const key = known(`event.prefers.${first}`);
      return key && say(key);
    }
    default:
      return null;
  }
}

/** "Ada: by SMS now": an agent's wish for what the shopper had not seen. */
function overridden({ author, data, at }: Entry): string | null {
  const name = author.name || text(data.agent);
  switch (data.kind) {
    case "now":
    case "resend": {
      const channel = say(`channel.${channelOf(data.channel)}`);
      return say(`event.override.${data.kind}`, { name, channel, to: text(data.to) });
    }
    case "as_usual":
      return say("event.override.as_usual", { name });
    case "chat_only":
      return say("event.override.chat_only", { name });
    case "not_before": {
      const until = typeof data.until === "number" ? data.until : at;
      return say("event.override.not_before", { name, time: moment(until, at) });
    }
    default:
      return null;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function assigned(entry: Entry, by: "system" | "person"): string {
  const { agent_id: agent, name } = entry.data;
  if (typeof agent !== "string" || typeof name !== "string") return say("event.unassigned");
  if (entry.author.id === agent) return say("event.assigned.self", { name });
  return say(`event.assigned.${by}`, { name, by: entry.author.name });
}
