import { describe, expect, test } from "vitest";
import type { Route, ShopperFact, Step, Way } from "../../widget/link/protocol.gen";
import { barred, forecast, isOpen, line } from "../src/composer/forecast";
import {
  CHAT_ONLY,
  choices,
  fieldValue,
  fromField,
  notBefore,
  nowBy,
  same,
  stillWished,
  wishTrouble,
  wishWords,
} from "../src/composer/wish";
import { clock, moment } from "../src/time";
import { MINUTE } from "./scene";

const SECOND = 1_000;
const HOUR = 60 * MINUTE;
/** Noon wherever the tests run, so that an evening is to come. */
const MIDDAY = new Date(2026, 4, 12, 12).getTime();

const SMS: Way = {
  address_id: "a1",
  channel: "sms",
  to: "••• 12",
  verdict: "open",
  sentence: "",
  until: null,
};
const QUIET: Way = {
  ...SMS,
  verdict: "quiet",
  sentence: "quiet hours where they may be",
  until: MIDDAY + 3 * HOUR,
};

function step(channel: Step["channel"], after: number, form: Step["form"] = "words"): Step {
  return { channel, to: "••• 12", at: MIDDAY + after, form, sentence: "" };
}

function route(over: Partial<Route>): Route {
  return {
    t: "route",
    conversation_id: "c1",
    channel: "sms",
    at: null,
    presence: "gone",
    sentence: "",
    steps: [],
    ways: [SMS],
    ...over,
  };
}

function vera(over: Partial<ShopperFact>): ShopperFact {
  return {
    shopper_id: "vera",
    name: "Vera",
    verified: true,
    presence: "gone",
    since: MIDDAY - 40 * SECOND,
    lost: false,
    page_url: null,
    page_title: null,
    addresses: [],
    earlier: 0,
    blocked: null,
    answers: [],
    language: "",
    zone: "",
    preference: [],
    identity: { sub: null, signed_at: null, vouched: [], claims: [], attributes: [], tracked: [] },
    ...over,
  };
}

function said(of: Route, shopper: ShopperFact | null, later = 0): string {
  const { where, steps } = forecast(of, shopper, MIDDAY, MIDDAY + later);
  return line(where, steps);
}

describe("the line over the composer", () => {
  const left = route({ steps: [step("sms", 20 * SECOND), step("email", 9 * HOUR)] });

  test("Vera left: what happens in turn, and when", () => {
    const evening = clock(MIDDAY + 9 * HOUR);
    expect(said(left, vera({}))).toBe(`Left 40 s ago: SMS in 20 s, then e-mail after ${evening}`);
  });

  test("it counts down by itself, and an instant that has passed promises nothing", () => {
    expect(said(left, vera({}), 15 * SECOND)).toMatch(/^Left 55 s ago: SMS in 5 s,/);
    expect(said(left, vera({}), 60 * SECOND)).toMatch(/: SMS 20 s after you send,/);
  });

  test("Vera is on the page: the chat, and what follows what she does not read", () => {
    const here = route({
      channel: "chat",
      presence: "on_page",
      steps: [step("sms", 5 * MINUTE), step("email", 15 * MINUTE)],
    });
    const seen = vera({ presence: "on_page" });
    expect(said(here, seen)).toBe("On the page: chat, then SMS after 5 min unread");
    expect(said(here, seen, 3 * MINUTE)).toBe(said(here, seen));
    expect(said({ ...here, steps: [] }, seen)).toBe("On the page: chat");
  });

  test("a number that is not proven is asked first", () => {
    const asks = route({ steps: [step("sms", 30 * SECOND, "knock")] });
    expect(said(asks, vera({}))).toBe("Left 40 s ago: SMS asks first in 30 s");
  });

  test("with no address, or none that is open, it says so instead of promising", () => {
    expect(said(route({ channel: null, ways: [] }), vera({}))).toMatch(/left no other way$/);
    expect(said(route({ channel: null, ways: [QUIET] }), vera({}))).toMatch(
      /no other way is open$/,
    );
  });

  test("no more than two steps stand in one line", () => {
    const many = route({ steps: [1, 2, 3].map((n) => step("sms", n * MINUTE)) });
    expect(forecast(many, null, MIDDAY, MIDDAY).steps).toHaveLength(2);
  });

  test("what is read aloud does not change with the seconds", () => {
    const at = (later: number) => forecast(left, vera({}), MIDDAY, MIDDAY + later).aloud;
    expect(at(0)).toBe("Not on the page: SMS");
    expect(at(30 * SECOND)).toBe(at(0));
  });
});

describe("the ways", () => {
  test("only what the gateway calls open may be used now, and the rest says why", () => {
    expect(isOpen(SMS)).toBe(true);
    expect(isOpen(QUIET)).toBe(false);
    const until = clock(MIDDAY + 3 * HOUR);
    expect(barred(QUIET, MIDDAY)).toBe(`quiet hours where they may be, until ${until}`);
    expect(barred({ ...QUIET, until: null }, MIDDAY)).toBe("quiet hours where they may be");
  });

  test("a wish is told in words, and what stands in its way too", () => {
    expect(wishWords(nowBy(SMS), [SMS], MIDDAY)).toBe("By SMS now to ••• 12");
    expect(wishWords(CHAT_ONLY, [], MIDDAY)).toBe("Chat only");
    const tomorrow = MIDDAY + 21 * HOUR;
    expect(wishWords(notBefore(tomorrow), [], MIDDAY)).toBe(
      `Not before tomorrow ${clock(tomorrow)}`,
    );
    expect(wishTrouble(nowBy(SMS), [SMS], MIDDAY)).toBeNull();
    expect(wishTrouble(nowBy(SMS), [QUIET], MIDDAY)).toMatch(/^quiet hours/);
  });

  test("a time that has come is no wish any more", () => {
    expect(stillWished(notBefore(Date.now() - 1))).toBeNull();
    expect(stillWished(notBefore(Date.now() + HOUR))?.kind).toBe("not_before");
    expect(stillWished(CHAT_ONLY)).toBe(CHAT_ONLY);
  });

  test("the wish that holds is the one that is marked", () => {
    expect(same(null, null)).toBe(true);
    expect(same(CHAT_ONLY, null)).toBe(false);
    expect(same(nowBy(SMS), nowBy(SMS))).toBe(true);
    expect(same(nowBy(SMS), nowBy({ ...SMS, address_id: "a2" }))).toBe(false);
  });
});

describe("not before", () => {
  const hour = (at: number) => new Date(at).getHours();

  test("offered are an hour, this evening and tomorrow morning, in the agent's own zone", () => {
    const found = choices(MIDDAY);
    expect(found.map(({ words }) => words)).toEqual([
      "In an hour",
      "This evening",
      "Tomorrow morning",
    ]);
    expect(found.map(({ until }) => hour(until))).toEqual([13, 18, 9]);
    expect(moment(found[2]?.until ?? 0, MIDDAY)).toMatch(/^tomorrow /);
  });

  test("at six in the evening there is no evening left to wait for", () => {
    expect(choices(MIDDAY + 6 * HOUR).map(({ words }) => words)).not.toContain("This evening");
  });

  test("any other time is taken as it is typed, within what the gateway keeps", () => {
    const later = MIDDAY + 2 * HOUR;
    expect(fromField(fieldValue(later), MIDDAY)).toBe(later);
    expect(fromField("", MIDDAY)).toMatch(/Choose a day/);
    expect(fromField(fieldValue(MIDDAY - HOUR), MIDDAY)).toMatch(/has passed/);
    expect(fromField(fieldValue(MIDDAY + 40 * 24 * HOUR), MIDDAY)).toMatch(/30 days/);
  });
});
