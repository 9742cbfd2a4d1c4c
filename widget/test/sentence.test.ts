import { expect, test } from "vitest";
import type { Sentence } from "../link/protocol.gen";
import { sentenceFor } from "../panel/reach";

const one = (id: string, prefixes: string[], home = false): Sentence => ({
  id,
  channel: "sms",
  text: id,
  prefixes,
  home,
});

const anywhere = one("anywhere", []);
const america = one("america", ["1"], true);
const europe = one("europe", ["33", "49"]);
const mail: Sentence = { id: "mail", channel: "email", text: "mail", prefixes: [], home: true };
const all = [anywhere, america, europe, mail];

const shown = (typed: string) => sentenceFor(all, "sms", typed)?.id;

test("until a number begins with a country, the words are those at home", () => {
  expect(shown("")).toBe("america");
  expect(shown("415 555 0142")).toBe("america");
  expect(shown("+")).toBe("america");
});

test("once its country can be told, the words are that country's", () => {
  expect(shown("+49 151 1234")).toBe("europe");
  expect(shown("0049 151 1234")).toBe("europe");
  expect(shown("+1 (415) 555-0142")).toBe("america");
});

test("while the country is being typed nothing jumps about", () => {
  expect(shown("+4")).toBe("america");
  expect(shown("+49")).toBe("europe");
});

test("a country that has no words of its own has those for anywhere", () => {
  expect(shown("+81 90 1234 5678")).toBe("anywhere");
});

test("a mailbox has no country", () => {
  expect(sentenceFor(all, "email", "vera@shopper.example")?.id).toBe("mail");
});

test("a way that nobody agrees to has no words", () => {
  expect(sentenceFor([mail], "sms", "+49")).toBeUndefined();
});
