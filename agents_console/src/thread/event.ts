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
    case "snoozed":
      return say("event.snoozed", { name, time: moment(Number(data.until), entry.at) });
    case "woken": {
      const key = known(`event.woken.${String(data.why)}`);
      return key && say(key, { name });
    }
    case "labelled":
      return labelled(entry);
    case "merged":
    case "parted":
      return say(`event.${event}`, { number: String(data.number) });
    case "merged_by":
    case "parted_by": {
      const whom = text(data.name) || `#${String(data.number)}`;
      return say(`event.${event}`, { name, whom });
    }
    case "blocked":
      return say("event.blocked", { name, because: text(data.because) });
    case "unblocked":
      return say("event.unblocked", { name });
    case "held": {
      const because = known(`event.held.${text(data.because)}`) ?? "event.held.refused";
      return say(because, { name: text(data.agent), why: text(data.why) });
    }
    case "rated":
      return rated(entry);
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

/** "Vera rates it 4 of 5", and what she said besides. */
function rated({ author, body, data }: Entry): string | null {
  if (typeof data.score !== "number" || typeof data.of !== "number") return null;
  const key = data.changed === true ? "event.rated.changed" : "event.rated";
  const sentence = say(key, { name: author.name, score: data.score, of: data.of });
  return body ? say("event.rated.said", { sentence, words: body }) : sentence;
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

function labelled({ author, data }: Entry): string | null {
  const names = (value: unknown) => (Array.isArray(value) ? value.map((each) => `“${each}”`) : []);
  const [added, removed] = [names(data.added_names), names(data.removed_names)];
  const told = { name: author.name, labels: added.join(", "), others: removed.join(", ") };
  if (added.length > 0 && removed.length > 0) return say("event.labelled.both", told);
  if (added.length > 0) return say("event.labelled.added", told);
  return say("event.labelled.removed", { ...told, labels: told.others });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function assigned(entry: Entry, by: "system" | "person"): string {
  const { agent_id: agent, name } = entry.data;
  if (typeof agent !== "string" || typeof name !== "string") return say("event.unassigned");
  if (entry.author.id === agent) return say("event.assigned.self", { name });
  const how = typeof entry.data.note_seq === "number" ? "handed" : by;
  return say(`event.assigned.${how}`, { name, by: entry.author.name });
}
