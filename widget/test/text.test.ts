import { describe, expect, test } from "vitest";
import { daysBetween } from "../link/days";
import { initials } from "../link/initials";
import { addresses } from "../link/marks";
import { sizeOf } from "../link/sizes";
import { languageOf, latinDigits, likeMail, likeNumber } from "../panel/reach";
import { tongue } from "../panel/words";
import ar from "../panel/words/ar.json";
import en from "../panel/words/en.json";

describe("the addresses in what a shopper wrote", () => {
  const links = (text: string) =>
    addresses(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.href]));

  test("the text around a link is kept to the letter", () => {
    const text = "*See* https://acme.example/a?b=1&c=2, or\n- (https://acme.example/x_(y)).";
    const said = addresses(text).map((piece) => (typeof piece === "string" ? piece : piece.of[0]));
    expect(said.join("")).toBe(text);
    expect(links(text)).toEqual(["https://acme.example/a?b=1&c=2", "https://acme.example/x_(y)"]);
  });

  test("only the web's own schemes are links", () => {
    expect(links("javascript:alert(1) data:text/html,x ftp://a.example file:///etc")).toEqual([]);
  });

  test("an address that hides where it leads stays text", () => {
    expect(links("https://acme.example@evil.example/ [x](https://evil.example)")).toEqual([
      "https://evil.example",
    ]);
  });

  test("markup is text", () => {
    expect(addresses("<b>hi</b>")).toEqual(["<b>hi</b>"]);
  });
});

describe("times and names", () => {
  const english = tongue("en", en.panel);

  test("days have names up to yesterday, then dates, then years", () => {
    const now = new Date(2026, 4, 12, 9, 0).getTime();
    const day = (...parts: [number, number, number]) =>
      english.day(new Date(...parts, 23, 30).getTime(), now);
    expect(day(2026, 4, 12)).toBe("Today");
    expect(day(2026, 4, 11)).toBe("Yesterday");
    expect(day(2026, 4, 4)).toBe("Monday, May 4");
    expect(day(2025, 4, 4)).toBe("May 4, 2025");
  });

  test("an hour more or less by summer time does not move a day", () => {
    const before = new Date(2026, 2, 28, 23, 0).getTime();
    const after = new Date(2026, 2, 29, 23, 0).getTime();
    expect(daysBetween(before, after)).toBe(1);
  });

  test("a language tag that is none does not break the panel", () => {
    expect(tongue("en", en.panel, "not a tag").time(0)).toMatch(/\d/);
  });

  test("a number keeps its order in a line from right to left", () => {
    expect(tongue("ar", ar.panel).say("{to}", { to: "••• 01" })).toBe("\u2066••• 01\u2069");
    expect(english.say("To {to}.", { to: "••• 01" })).toBe("To ••• 01.");
    expect(english.say("{name} is typing…", { name: "ليلى" })).toBe("\u2068ليلى\u2069 is typing…");
  });

  test("a file is as large as people say, and never nothing", () => {
    expect([0, 999, 13_400, 340_000, 4_240_000, 24_000_000].map((n) => sizeOf(n, "en"))).toEqual([
      "0.1 kB",
      "1 kB",
      "13 kB",
      "340 kB",
      "4.2 MB",
      "24 MB",
    ]);
  });

  test("initials are two at most, of any script", () => {
    expect(["Ada", "Sam van Okafor", "😀 Joy", "ليلى", ""].map(initials)).toEqual([
      "A",
      "SO",
      "😀J",
      "ل",
      "",
    ]);
  });
});

describe("what people type", () => {
  test("numbers in any usual spelling pass, other things do not", () => {
    for (const number of ["+44 7700 900001", "(0)7700-900 001", "+49.1512.3456789"]) {
      expect(likeNumber(number), number).toBe(true);
    }
    for (const other of ["", "12345", "vera@acme.example", "+44 call me"]) {
      expect(likeNumber(other), other).toBe(false);
    }
  });

  test("a mailbox has two sides", () => {
    expect(likeMail("vera+shop@acme.example")).toBe(true);
    expect([likeMail("vera"), likeMail("@acme"), likeMail("a b@acme")]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test("a code may be typed in Arabic or Persian digits", () => {
    expect(latinDigits("١٢٣۴۵۶")).toBe("123456");
  });
});

test("a sentence says which language it is in, for who hears it read out", () => {
  expect(languageOf("sms.support.de.1")).toBe("de");
  expect(languageOf("sms.support.ar.northam.1")).toBe("ar");
  expect(languageOf("")).toBeUndefined();
});
