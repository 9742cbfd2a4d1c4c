import { describe, expect, test } from "vitest";
import type { ShopperFact } from "../../widget/link/protocol.gen";
import { bodyFor, filledIn, gaps, nameOf } from "../src/canned/fill";
import { type CannedFact, fitting } from "../src/canned/shelf";
import { EMOJI } from "../src/composer/emoji";
import { clockIn, otherZone } from "../src/composer/later";
import { cannedFor, colleaguesFor, emojiFor, namedIn } from "../src/composer/sources";
import { replaced, trigger } from "../src/composer/trigger";
import { ownZone } from "../src/composer/wish";
import { NOON } from "./scene";

const VERA = {
  name: "Vera Larsen",
  language: "de",
  zone: "Asia/Tokyo",
  identity: { attributes: [{ name: "size", value: "38", at: 0 }], claims: [] },
} as unknown as ShopperFact;
const FACTS = { shopper: VERA, agent: "Ada Moreau", store: "Acme", number: 7 };

function canned(shortcut: string, over: Partial<CannedFact> = {}): CannedFact {
  return {
    canned_id: shortcut,
    own: false,
    shortcut,
    name: shortcut,
    bodies: { en: `Hi {{shopper.first_name}}, ${shortcut}.` },
    resolves: false,
    version: 1,
    changed_at: 0,
    ...over,
  };
}

const asked = (text: string, note = false) => {
  const found = trigger(text, text.length, note);
  return found && [found.sign, found.query];
};

describe("what the letters before the caret ask for", () => {
  test("a slash at the beginning of a word asks for a canned reply, one within a word does not", () => {
    expect(asked("/")).toEqual(["/", ""]);
    expect(asked("Hi Vera,\n/hel")).toEqual(["/", "hel"]);
    expect(asked("either/or")).toBeNull();
    expect(asked("https://acme.example/x")).toBeNull();
    expect(asked("/hello there")).toBeNull();
  });

  test("colleagues are named in notes only, by the whole of their name", () => {
    expect(asked("@ad", true)).toEqual(["@", "ad"]);
    expect(asked("ask (@ada mor", true)).toEqual(["@", "ada mor"]);
    expect(asked("@ad")).toBeNull();
    expect(asked("vera@shop", true)).toBeNull();
  });

  test("a colon and two letters ask for an emoji; a time and a smile do not", () => {
    expect(asked("thanks :sm")).toEqual([":", "sm"]);
    for (const text of ["at 12:30", ":)", "note: x", ":s", "a:bc"]) expect(asked(text)).toBeNull();
  });

  test("only what is right before the caret counts", () => {
    expect(asked("@Ben Bok please :tha", true)).toEqual([":", "tha"]);
    expect(trigger("/hello world", 3, false)).toMatchObject({ from: 0, to: 3, query: "he" });
    expect(trigger(`${"x".repeat(100)}/a`, 102, false)).toBeNull();
  });

  test("what is chosen stands in the place of what was typed", () => {
    const text = "Hi /hel and more";
    const found = trigger(text, 7, false);
    if (!found) throw new Error("nothing is asked for");
    expect(replaced(text, found, "hello")).toEqual({ text: "Hi hello and more", caret: 8 });
  });
});

describe("a canned reply", () => {
  test("is filled with what is known, and what is not stays as a gap with a name", () => {
    const body =
      "Hi {{shopper.first_name}} ({{ shopper.name }}), {{agent.first_name}} of {{store.name}}";
    expect(filledIn(body, FACTS)).toBe("Hi Vera (Vera Larsen), Ada of Acme");
    expect(filledIn("#{{conversation.number}} {{trait.size}}", FACTS)).toBe("#7 38");
    const nobody = { ...FACTS, shopper: { ...VERA, name: "Shopper #7" } };
    const text = filledIn("Hi {{shopper.first_name}}, {{trait.colour}}?", nobody);
    expect(gaps(text).map((gap) => nameOf(text, gap))).toEqual([
      "shopper.first_name",
      "trait.colour",
    ]);
  });

  test("what a shopper is called can fill in nothing further", () => {
    const sly = { ...FACTS, shopper: { ...VERA, name: "{{agent.name}} $& $1" } };
    expect(filledIn("{{shopper.name}}!", sly)).toBe("{{agent.name}} $& $1!");
  });

  test("braces that are no variable of ours are words", () => {
    expect(gaps("{{ if }} {{shopper.password}} {x}")).toEqual([]);
    expect(filledIn("{{shopper.password}}", FACTS)).toBe("{{shopper.password}}");
  });

  test("comes in the shopper's language, else in the store's, else in any", () => {
    const bodies = { en: "Hello", de: "Hallo" };
    expect(bodyFor(bodies, "de", "en")).toBe("Hallo");
    expect(bodyFor(bodies, "de-AT", "en")).toBe("Hallo");
    expect(bodyFor(bodies, "fr", "en")).toBe("Hello");
    expect(bodyFor({ it: "Ciao" }, "fr", "en")).toBe("Ciao");
  });

  test("is found by its shortcut before a word of its name", () => {
    const all = [canned("bye", { name: "Saying hello again" }), canned("hello"), canned("no")];
    expect(fitting(all, "hel").map(({ shortcut }) => shortcut)).toEqual(["hello", "bye"]);
    expect(fitting(all, "")).toHaveLength(3);
  });

  test("is shown whole, in Vera's words, before it is taken", () => {
    const book = {
      store: "Acme",
      language: "en",
      languages: ["en", "de"],
      may_change: true,
      canned: [
        canned("parcel", {
          bodies: { en: "Hi", de: "Hallo {{shopper.first_name}}" },
          resolves: true,
          own: true,
        }),
      ],
    };
    const [found] = cannedFor(book, "par", FACTS);
    expect(found).toMatchObject({ head: "/parcel", put: "Hallo Vera", resolves: true });
    expect(found?.mark).toBe("yours, resolves");
    expect(cannedFor(undefined, "par", FACTS)).toEqual([]);
  });
});

describe("colleagues and emoji", () => {
  const person = (name: string, over = {}) =>
    ({ agent_id: name, name, connected: true, duty: "online", ...over }) as never;

  test("a colleague is found by any part of their name, and left alone once it is written", () => {
    const team = [person("Bo Lind"), person("Ben Bok", { duty: "away" })];
    expect(colleaguesFor(team, "b").map(({ head }) => head)).toEqual(["Bo Lind", "Ben Bok"]);
    expect(colleaguesFor(team, "bok")).toMatchObject([{ put: "@Ben Bok ", mark: "away" }]);
    expect(colleaguesFor(team, "bo lind")).toEqual([]);
  });

  test("a note names everybody whose name stands in it", () => {
    const team = [person("Bo Lind"), person("Ben")] as { agent_id: string; name: string }[];
    expect(namedIn("@Bo Lind and Ben, look", team)).toEqual(["Bo Lind"]);
  });

  test("whose name begins another's is not named by that", () => {
    const team = [person("Bo"), person("Bo Lind")] as { agent_id: string; name: string }[];
    expect(namedIn("@Bo Lind, look", team)).toEqual(["Bo Lind"]);
    expect(namedIn("@Bo Lind and @Bo, look", team)).toEqual(["Bo", "Bo Lind"]);
  });

  test("an emoji is found by its name, the exact one first", () => {
    expect(emojiFor(EMOJI, "heart")[0]?.head).toBe("❤️");
    expect(emojiFor(EMOJI, "thumbs")[0]).toMatchObject({ put: "👍", words: ":thumbs_up" });
    expect(emojiFor(EMOJI, "qqqq")).toEqual([]);
  });

  test("each emoji has a name, and no two are the same", () => {
    expect(EMOJI.every(([sign, names]) => sign !== "" && names.length > 0)).toBe(true);
    expect(new Set(EMOJI.map(([sign]) => sign)).size).toBe(EMOJI.length);
  });
});

describe("the shopper's own time", () => {
  test("is told where it is another one, and left out where it is the same or not known", () => {
    // No other zone has Kathmandu's minutes, so whoever runs this elsewhere is told of it.
    const away = new Date(NOON).getTimezoneOffset() === -345 ? "Asia/Tokyo" : "Asia/Kathmandu";
    expect(clockIn(away, NOON)).toMatch(/0?5:45|17:45|0?9:00|21:00/);
    expect(otherZone(away)).toBe(away);
    expect(clockIn(Intl.DateTimeFormat().resolvedOptions().timeZone, NOON)).toBeNull();
    expect(otherZone(ownZone())).toBeNull();
    for (const zone of ["", "Nowhere/At_All"]) {
      expect(clockIn(zone, NOON)).toBeNull();
      expect(otherZone(zone)).toBeNull();
    }
  });
});
