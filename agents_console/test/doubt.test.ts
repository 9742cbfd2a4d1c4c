import { describe, expect, test } from "vitest";
import type { Way } from "../../widget/link/protocol.gen";
import { remedies } from "../src/thread/doubt";
import { deliveries } from "../src/thread/lines";
import { Pen } from "./scene";

const TO = "+47 911 22 333";
const SMS: Way = {
  address_id: "a1",
  channel: "sms",
  to: TO,
  verdict: "open",
  sentence: "",
  until: null,
};
const MAIL: Way = { ...SMS, address_id: "a2", channel: "email", to: "v•••@example.org" };

/** What is offered for the delivery, by address: first once more, then instead. */
function offered(pen: Pen, { id = "d", seen = 0, ways = [SMS, MAIL] } = {}): string[][] {
  const delivery = deliveries(pen.entries).get(id);
  if (!delivery) throw new Error(`no delivery ${id}`);
  const { again, others } = remedies(delivery, pen.entries, seen, ways);
  return [again ? [again.address_id] : [], others.map((way) => way.address_id)];
}

function lostText(): Pen {
  const pen = new Pen();
  pen.ada("Yes, in 38.");
  pen.delivery("d", "queued");
  pen.delivery("d", "unknown");
  return pen;
}

describe("what may be done about what may have gone out", () => {
  test("once more by the same address, or by each other that is open", () => {
    expect(offered(lostText())).toEqual([["a1"], ["a2"]]);
    const shut: Way = { ...MAIL, verdict: "stopped" };
    expect(offered(lostText(), { ways: [SMS, shut] })).toEqual([["a1"], []]);
  });

  test("the same address is told of though it is shut, and not when it is gone", () => {
    expect(offered(lostText(), { ways: [{ ...SMS, verdict: "quiet" }] })).toEqual([["a1"], []]);
    expect(offered(lostText(), { ways: [MAIL] })).toEqual([[], ["a2"]]);
  });

  test("nothing, once it is known what became of it or Vera has read it", () => {
    const pen = lostText();
    expect(offered(pen, { seen: 1 })).toEqual([[], []]);
    pen.delivery("d", "delivered");
    expect(offered(pen)).toEqual([[], []]);
  });

  test("nothing about a notice to the staff or a code", () => {
    for (const over of [{ side: "staff" }, { form: "code" }]) {
      const pen = new Pen();
      pen.ada("Yes, in 38.");
      pen.delivery("d", "unknown", over);
      expect(offered(pen)).toEqual([[], []]);
    }
  });

  test("what somebody has wished already is not offered twice, and is again when taken back", () => {
    const pen = lostText();
    const wish = { kind: "resend", agent: "Ben", seqs: [1], delivery_id: "d" };
    pen.event("override", { ...wish, channel: "sms", to: TO });
    expect(offered(pen)).toEqual([[], ["a2"]]);
    pen.event("override", { kind: "as_usual", agent: "Ben", seqs: [1] });
    expect(offered(pen)).toEqual([["a1"], ["a2"]]);
    const other = { kind: "now", agent: "Ben", seqs: [1], delivery_id: "d" };
    pen.event("override", { ...other, channel: "email", to: MAIL.to });
    expect(offered(pen)).toEqual([["a1"], []]);
  });

  test("nothing while another delivery carries the same words", () => {
    const pen = lostText();
    pen.delivery("mail", "accepted", { channel: "email", to: MAIL.to });
    expect(offered(pen)).toEqual([[], []]);
    pen.delivery("mail", "bounced", { channel: "email", to: MAIL.to });
    expect(offered(pen)).toEqual([["a1"], ["a2"]]);
  });

  test("of two that may have gone out the second is the one to do something about", () => {
    const pen = lostText();
    pen.delivery("again", "unknown");
    expect(offered(pen)).toEqual([[], []]);
    expect(offered(pen, { id: "again" })).toEqual([["a1"], ["a2"]]);
  });

  test("once more is offered once: what failed there then has had its try", () => {
    const pen = lostText();
    pen.delivery("again", "failed");
    expect(offered(pen)).toEqual([[], ["a2"]]);
    const later = lostText();
    later.delivery("again", "deferred");
    expect(offered(later)).toEqual([["a1"], ["a2"]]);
  });
});
