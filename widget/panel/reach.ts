/** What is told of an address, and what a person may have meant by one. */

import type { AddressFact } from "../link/protocol.gen";
import type { ShopperView } from "../link/shopper";
import type { Tongue } from "./words";

/** Whether the shopper wants nothing there: `chat` ends what they prefer. */
export function unwanted(address: AddressFact, preference: ShopperView["preference"]): boolean {
  const wanted = preference.slice(0, preference.indexOf("chat"));
  return preference.includes("chat") && !wanted.includes(address.channel);
}

/** What will happen with an address, in a sentence. */
export function afterwards(
  address: AddressFact,
  preference: ShopperView["preference"],
  { words, say }: Tongue,
): string {
  const to = address.value;
  const sms = address.channel === "sms";
  if (address.stopped) return say(sms ? words.stoppedText : words.stoppedMail, { to });
  if (address.failed) return say(words.cannot, { to, why: address.failed });
  if (unwanted(address, preference)) return say(words.unused, { to });
  return say(sms ? words.willText : words.willMail, { to });
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
