/** A delivery as the timeline shows it: all its entries folded into one line. */

import type { Entry } from "../../../widget/link/protocol.gen";
import { known, say } from "../words";

export type Channel = Entry["channel"];

const FORMS = ["words", "knock", "code", "confirmation", "transcript"] as const;
type Form = (typeof FORMS)[number];

export interface Delivery {
  readonly id: string;
  readonly side: "shopper" | "staff";
  readonly channel: Channel;
  readonly form: Form;
  /** A word of the wire; a newer gateway may have more of them. */
  readonly state: string;
  readonly seqs: readonly number[];
  readonly to: string;
  readonly person: string;
  readonly decisionId: string | null;
  /** A failure in plain words. */
  readonly words: string | null;
  /** When it began, and when it came into its present state. */
  readonly at: number;
  readonly since: number;
}

export type Tone = "quiet" | "good" | "attention" | "danger";

const TONES: Readonly<Record<string, Tone>> = {
  answered: "good",
  delivered: "good",
  read: "good",
  unknown: "attention",
  deferred: "attention",
  returned: "attention",
  failed: "danger",
  bounced: "danger",
};

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const CHANNELS: readonly Channel[] = ["sms", "email", "whatsapp", "push", "app"];

export function channelOf(value: unknown): Channel {
  return CHANNELS.find((channel) => channel === value) ?? "chat";
}

/** Null when the entry is not one of a delivery. */
export function deliveryOf(entry: Entry): Delivery | null {
  const { data } = entry;
  const id = text(data.delivery_id);
  if (entry.event !== "delivery" || !id) return null;
  const seqs = Array.isArray(data.seqs) ? data.seqs.filter((seq) => typeof seq === "number") : [];
  return {
    id,
    side: data.side === "staff" ? "staff" : "shopper",
    channel: channelOf(data.channel),
    form: FORMS.find((form) => form === data.form) ?? "words",
    state: text(data.state),
    seqs,
    to: text(data.to),
    person: text(data.person),
    decisionId: text(data.decision_id) || null,
    words: text(data.words) || null,
    at: entry.at,
    since: entry.at,
  };
}

/** The later one counts, but for what it leaves out and for when it all began. */
export function folded(earlier: Delivery, later: Delivery): Delivery {
  return {
    ...later,
    at: earlier.at,
    seqs: later.seqs.length > 0 ? later.seqs : earlier.seqs,
    to: later.to || earlier.to,
    person: later.person || earlier.person,
    decisionId: later.decisionId ?? earlier.decisionId,
  };
}

export function tone(delivery: Delivery): Tone {
  return TONES[delivery.state] ?? "quiet";
}

/** What went where: "By SMS to Vera, +47 …". */
export function what(delivery: Delivery): string {
  const { side, form, channel, to, person } = delivery;
  const whom = [person, to].filter(Boolean).join(", ");
  const key = side === "staff" ? "delivery.staff" : (`delivery.${form}` as const);
  return say(key, { whom, channel: say(`channel.${channel}`) });
}

/** How far it came, in plain words. */
export function outcome(delivery: Delivery): string {
  const sentence = say(known(`delivery.state.${delivery.state}`) ?? "delivery.state.unknown");
  return delivery.words ? say("delivery.because", { sentence, words: delivery.words }) : sentence;
}
