/** What is told of an address, and what a person may have meant by one. */

import type { AddressFact, Sentence } from "../link/protocol.gen";
import type { ShopperView } from "../link/shopper";
import type { PartWords, Tongue } from "./words";

/** Whether the shopper wants nothing there: `chat` ends what they prefer. */
export function unwanted(address: AddressFact, preference: ShopperView["preference"]): boolean {
  const wanted = preference.slice(0, preference.indexOf("chat"));
  return preference.includes("chat") && !wanted.includes(address.channel);
}

/** What will happen with an address, in a sentence. */
export function afterwards(
  address: AddressFact,
  preference: ShopperView["preference"],
  { words, say }: Tongue<PartWords>,
): string {
  const to = address.value;
  const of = speech(address.channel, words);
  if (address.stopped) return say(of.stopped, { to });
  if (address.failed) return say(words.cannot, { to });
  if (unwanted(address, preference)) return say(of.unused, { to });
  return say(of.will, { to });
}

function speech(channel: AddressFact["channel"], words: PartWords) {
  switch (channel) {
    case "push":
      return { stopped: words.stoppedPush, unused: words.unusedPush, will: words.willPush };
    case "app":
      return { stopped: words.stoppedApp, unused: words.unused, will: words.willApp };
    case "whatsapp":
      return { stopped: words.stoppedWhatsapp, unused: words.unused, will: words.willWhatsapp };
    case "email":
      return { stopped: words.stoppedMail, unused: words.unused, will: words.willMail };
    default:
      return { stopped: words.stoppedText, unused: words.unused, will: words.willText };
  }
}

/**
 * What somebody agrees to who leaves this: the words for the country of the number, as far as it
 * has been typed; until then, and for what is no number, those at home.
 */
export function sentenceFor(
  sentences: readonly Sentence[],
  channel: Sentence["channel"],
  typed: string,
): Sentence | undefined {
  const offered = sentences.filter((one) => one.channel === channel);
  const home = offered.find((one) => one.home) ?? offered[0];
  const digits = typed.replace(/[^\d+]/g, "").replace(/^(\+|00)/, "+");
  // The longest calling code has three digits: before that nobody can tell all of them.
  if (!home || !digits.startsWith("+") || digits.length < 2) return home;
  const fits = (one: Sentence) =>
    Math.max(
      0,
      ...one.prefixes.filter((code) => digits.startsWith(code, 1)).map((code) => code.length),
    );
  const best = offered.reduce((a, b) => (fits(b) > fits(a) ? b : a), home);
  if (fits(best) > 0) return best;
  return digits.length < 4 ? home : (offered.find((one) => one.prefixes.length === 0) ?? home);
}

/** The language of a sentence, "de" in `sms.support.de.1`: not every language has its own. */
export function languageOf(sentence: string): string | undefined {
  return sentence.split(".")[2];
}

/** Whether it could be a number at all; the gateway knows the rest. */
export function likeNumber(text: string): boolean {
  const digits = text.replace(/[\s().\-/\u2010-\u2015\u200e\u200f]/g, "");
  return /^\+?\d{6,15}$/.test(digits);
}

export function likeMail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 254;
}

/** Digits of other scripts as the gateway reads them: a code may be typed on any keyboard. */
export function latinDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) =>
    String((digit.codePointAt(0) ?? 0) & 15),
  );
}
