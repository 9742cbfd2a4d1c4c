import { readdirSync, readFileSync } from "node:fs";
import { parseSync } from "vite";
import { describe, expect, test } from "vitest";
import { refused } from "../panel/refused";
import { type Plural, tongue, wordsAt } from "../panel/words";
import { english } from "./world";

type Text = string | Plural;
type Catalogue = Record<string, Record<string, Text>>;

const HOME = new URL("../panel/", import.meta.url);
const LANGUAGES = ["ar", "de", "en", "es", "fr", "it", "ja", "pt"];

function addresses(language: string): [string, string] {
  const at = (file: string) => new URL(`words/${file}.json`, HOME).pathname;
  return [at(language), at(`parts/${language}`)];
}

/** The panel's words and its parts'. */
function catalogue(language: string): Catalogue {
  const read = (file: string) => JSON.parse(readFileSync(new URL(file, HOME), "utf8"));
  return { ...read(`words/${language}.json`), ...read(`words/parts/${language}.json`) };
}

function flat(words: Catalogue): Map<string, Text> {
  return new Map(
    Object.entries(words).flatMap(([section, texts]) =>
      Object.entries(texts).map(([name, text]) => [`${section}.${name}`, text] as const),
    ),
  );
}

function gaps(text: string): string[] {
  return [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
}

function forms(text: Text): string[] {
  return typeof text === "string" ? [text] : Object.values(text);
}

const ENGLISH = flat(catalogue("en"));

test("eight languages are spoken, each from two files of its own", () => {
  for (const folder of ["words", "words/parts"]) {
    const files = readdirSync(new URL(folder, HOME)).filter((name) => name.endsWith(".json"));
    expect(files.sort()).toEqual(LANGUAGES.map((language) => `${language}.json`));
  }
});

describe.each(LANGUAGES)("in %s", (language) => {
  const words = flat(catalogue(language));

  test("everything is said that English says, with the same gaps", () => {
    expect([...words.keys()].sort()).toEqual([...ENGLISH.keys()].sort());
    for (const [name, english] of ENGLISH) {
      const text = words.get(name) ?? "";
      expect(typeof text, name).toBe(typeof english);
      for (const form of forms(text)) {
        expect(form.trim(), name).not.toBe("");
        expect(gaps(form), name).toEqual(gaps(forms(english)[0] as string));
      }
    }
  });

  test("a number has the plural forms that the language needs, and no others", () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [name, text] of words) {
      if (typeof text === "string") continue;
      expect(Object.keys(text).sort(), name).toEqual([...needed].sort());
    }
  });

  test("the words of the parts join the panel's when they are fetched", async () => {
    const [panel, join] = await wordsAt(addresses(language));
    expect(panel.send).toBe(words.get("panel.send"));
    expect(panel).not.toHaveProperty("confirm");
    expect((await join()).stop).toBe(words.get("notices.stop"));
    expect(panel).toHaveProperty("confirm", words.get("parts.confirm"));
  });

  test("nothing was left in English by mistake", () => {
    if (language === "en") return;
    const same = [...words].filter(
      ([name, text]) => /\s\S+\s/.test(String(text)) && text === ENGLISH.get(name),
    );
    expect(same).toEqual([]);
  });
});

test("a number picks its plural, and is written as the language writes numbers", async () => {
  const said = async (tag: string, n: number) => {
    const [words] = await wordsAt(addresses(tag));
    const { say } = tongue(tag, words);
    return say(words.tooLong, { n });
  };
  expect(await said("en", 1)).toBe("That is 1 character too many.");
  expect(await said("en", 1200)).toBe("That is 1,200 characters too many.");
  expect(await said("de", 1200)).toBe("Das sind 1.200 Zeichen zu viel.");
  expect(await said("fr", 0)).toBe("Il y a 0 caractère de trop.");
  const arabic = await Promise.all([1, 2, 3, 11, 100].map((n) => said("ar", n)));
  expect(new Set(arabic.map((text) => text.replace(/[\d٠-٩]+/, ""))).size).toBe(5);
});

test("what was refused is said in our words: by its reason, else by its kind, else not at all", () => {
  const told = (code: string, why?: string) => refused(english.words, { code, why });
  expect(told("bad_input", "wrong_code")).toBe("This is not the code. Please look again.");
  expect(told("too_many", "codes")).toMatch(/^Too many codes/);
  expect(told("too_many", "a reason of a newer gateway")).toMatch(/^That was a lot at once/);
  expect(told("bad_input")).toBe("");
});

const SPOKEN = new Set(["aria-label", "aria-description", "title", "placeholder", "alt"]);

/** What a component would show or speak without asking the catalogue, as `file: text`. */
function strays(name: string): string[] {
  const found: string[] = [];
  const hear = (text: unknown) => {
    if (typeof text === "string" && /\p{L}/u.test(text)) found.push(`${name}: ${text.trim()}`);
  };
  const look = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, name: of, value } = node as Record<string, Record<string, unknown>>;
    if (String(type) === "JSXText") hear(value);
    if (String(type) === "JSXAttribute" && SPOKEN.has(String(of?.["name"]))) hear(value?.["value"]);
    for (const part of Object.values(node)) look(part);
  };
  const { program, errors } = parseSync(name, readFileSync(new URL(name, HOME), "utf8"));
  expect(errors).toEqual([]);
  look(program.body);
  return found;
}

test("no component says anything that is not in the catalogues", () => {
  const components = readdirSync(HOME, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".tsx"));
  expect(components.length).toBeGreaterThan(10);
  expect(components.flatMap(strays)).toEqual([]);
});
