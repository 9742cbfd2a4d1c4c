/** Which of the store's forms is shown now: one at a time, and none in the way of who just writes. */

import type { Question, RatingAsked, Sentence } from "../../link/protocol.gen";
import { answering, type ShopperView } from "../../link/shopper";
import { hasWritten, usable } from "../offer";

export type Card =
  | { readonly shows: "question"; readonly question: Question }
  | { readonly shows: "offline" }
  | { readonly shows: "rating"; readonly rating: RatingAsked };

type Way = Sentence["channel"];

/** What the forms say, which the gateway sends along with them. */
type Words = Readonly<
  Record<
    | "next"
    | "skip"
    | "wanted"
    | "pick"
    | "offline"
    | "question"
    | "write_first"
    | "just_send"
    | "rate"
    | `r${1 | 2 | 3 | 4 | 5}`
    | "comment"
    | "send"
    | "later"
    | "thanks"
    | "change"
    | "transcript"
    | `transcript_${"about" | "to" | "code" | "leave" | "sent"}`,
    string
  >
>;

export function wordsOf({ forms }: ShopperView): Words {
  return (forms?.words ?? {}) as Words;
}

const CONTACT: Partial<Record<Question["kind"], readonly Way[]>> = {
  email: ["email"],
  phone: ["sms", "whatsapp"],
};

/** The ways that would answer this question; none when it is no question of that kind. */
export function waysFor(question: Question, view: ShopperView): readonly Way[] {
  const ways = CONTACT[question.kind] ?? [];
  return ways.filter((way) => view.sentences.some((one) => one.channel === way));
}

export function card(view: ShopperView): Card | null {
  const { forms, log } = view;
  if (!forms) return null;
  // What comes after the end begins anew.
  const ended = log?.state === "resolved" && view.outbox.length === 0;
  if (ended && forms.rating) return { shows: "rating", rating: forms.rating };
  const wrote = hasWritten(view) && !ended;
  const question = forms.questions.find((one) => {
    // An address is left for a question that has been written: there is nothing to answer before.
    if (one.kind in CONTACT) return wrote && waysFor(one, view).length > 0;
    return forms.before ? !wrote : wrote;
  });
  if (question) return { shows: "question", question };
  if (forms.offline && !wrote && shut(view)) return { shows: "offline" };
  return null;
}

/** The composer waits: something else is to be done first. */
export function holds(view: ShopperView): boolean {
  const shown = card(view);
  if (shown?.shows === "offline") return true;
  if (shown?.shows !== "question" || !shown.question.needed) return false;
  return !(shown.question.kind in CONTACT) && view.forms?.before === true;
}

/** Nobody is there, the store opens later, and there is no way yet to bring the answer. */
function shut(view: ShopperView): boolean {
  return (
    answering(view).length === 0 &&
    view.expected.back_at !== null &&
    view.sentences.length > 0 &&
    !view.addresses.some(usable)
  );
}
