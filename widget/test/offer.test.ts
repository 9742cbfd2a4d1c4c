import { expect, test } from "vitest";
import type { AddressFact } from "../link/protocol.gen";
import { NO_OFFER, usable } from "../panel/offer";
import { card, consider } from "../panel/offering";
import { arrives, entry, fold, LEAVES_ADDRESS, VERA, WELCOME } from "./golden";

const NOW = { waited: 0, leaving: false, push: false, now: 0 };
const alone = { ...WELCOME, staff: [] };
const asked = arrives(entry(1, { author: VERA }));
const coded = (LEAVES_ADDRESS[0] as { addresses: AddressFact[] }).addresses[0] as AddressFact;

test("nothing is offered before the first message, even when nobody is there", () => {
  const { view } = fold([alone]);
  expect(consider(NO_OFFER, view, { ...NOW, leaving: true }).why).toBeNull();
});

test("when nobody is there it is offered after the first message", () => {
  expect(consider(NO_OFFER, fold([alone, asked]).view, NOW).why).toBe("away");
});

test("somebody who moves to leave is offered it, answered or not", () => {
  const answered = fold([WELCOME, asked, arrives(entry(2))]).view;
  const leaving = { ...NOW, waited: null, leaving: true };
  const offer = consider(NO_OFFER, answered, leaving);
  expect(offer.why).toBe("leaving");
  expect(consider(offer, answered, { ...leaving, leaving: false }).why).toBe("leaving");
});

test("who has left an address, or said not now, is not asked again", () => {
  const { view } = fold([alone, asked, LEAVES_ADDRESS[0] as never]);
  expect(consider(NO_OFFER, view, NOW).why).toBeNull();
  const dismissed = { ...NO_OFFER, dismissed: true };
  const { view: fresh } = fold([alone, asked]);
  expect(consider(dismissed, fresh, NOW).why).toBeNull();
  expect(card(dismissed, view)).toBeNull();
});

test("a store that can neither text nor mail offers nothing", () => {
  const { view } = fold([{ ...alone, sentences: [] }, asked]);
  expect(consider(NO_OFFER, view, NOW).why).toBeNull();
});

test("when somebody comes, the card no longer claims that nobody is there", () => {
  const offer = { ...NO_OFFER, why: "away" } as const;
  expect(consider(offer, fold([WELCOME, asked]).view, NOW).why).toBe("slow");
});

test("an address that failed or was stopped counts as none", () => {
  expect(usable(coded)).toBe(true);
  expect(usable({ ...coded, stopped: true })).toBe(false);
  expect(usable({ ...coded, failed: "the number does not exist" })).toBe(false);
  expect(usable({ ...coded, consented: false })).toBe(false);
});
