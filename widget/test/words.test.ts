import { readdirSync, readFileSync } from "node:fs";
import { parseSync } from "vite";
import { describe, expect, test } from "vitest";
import { LANGUAGES, type Plural, tongue, wordsOf } from "../panel/words";

type Text = string | Plural;
type Catalogue = Record<string, Record<string, Text>>;

const HOME = new URL("../panel/", import.meta.url);

function catalogue(language: string): Catalogue {
  return JSON.parse(readFileSync(new URL(`words/${language}.json`, HOME), "utf8"));
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

test("eight languages are spoken, each from a file of its own", () => {
  const files = readdirSync(new URL("words", HOME)).map((name) => name.replace(".json", ""));
  expect(files.sort()).toEqual([...LANGUAGES].sort());
  expect([...LANGUAGES].sort()).toEqual(["ar", "de", "en", "es", "fr", "it", "ja", "pt"]);
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

  test("the catalogue that is fetched is this one", async () => {
    const [found, panel, notices] = await wordsOf(`${language.toUpperCase()}-XX`);
    expect(found).toBe(language);
    expect(panel.send).toBe(words.get("panel.send"));
    expect(notices.stop).toBe(words.get("notices.stop"));
  });

  test("nothing was left in English by mistake", () => {
    if (language === "en") return;
    const same = [...words].filter(
      ([name, text]) => /\s\S+\s/.test(String(text)) && text === ENGLISH.get(name),
    );
    expect(same).toEqual([]);
  });
});

test("a language that we do not speak is answered in English", async () => {
  expect((await wordsOf("tlh"))[0]).toBe("en");
  expect((await wordsOf(""))[0]).toBe("en");
});

test("a number picks its plural, and is written as the language writes numbers", async () => {
  const said = async (tag: string, n: number) => {
    const [language, words] = await wordsOf(tag);
    const { say } = tongue(language, words);
    return say(words.tooLong, { n });
  };
  expect(await said("en", 1)).toBe("That is 1 character too many.");
  expect(await said("en", 1200)).toBe("That is 1,200 characters too many.");
  expect(await said("de", 1200)).toBe("Das sind 1.200 Zeichen zu viel.");
  expect(await said("fr", 0)).toBe("Il y a 0 caractère de trop.");
  const arabic = await Promise.all([1, 2, 3, 11, 100].map((n) => said("ar", n)));
  expect(new Set(arabic.map((text) => text.replace(/[\d٠-٩]+/, ""))).size).toBe(5);
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
