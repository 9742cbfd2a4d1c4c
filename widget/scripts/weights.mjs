// Fails when what a shop's visitor must download, gzipped, is heavier than budget.json allows.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const built = new URL("../../gateway/static/widget/", import.meta.url);
const budget = JSON.parse(await readFile(new URL("../budget.json", import.meta.url), "utf8"));
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", built), "utf8"));

const PANEL = "panel/main.tsx";
const WORDS = "panel/words/";
const languages = Object.keys(manifest).flatMap(
  (name) => name.match(/words\/(\w+)\.json/)?.[1] ?? [],
);

/** The files of a chunk, its static imports and their styles. */
function filesOf(name, found = new Set()) {
  const chunk = manifest[name];
  found.add(chunk.file);
  for (const sheet of chunk.css ?? []) found.add(sheet);
  for (const next of chunk.imports ?? []) filesOf(next, found);
  return found;
}

async function weigh(file) {
  return gzipSync(await readFile(new URL(file, built)), { level: 9 }).length;
}

/** What the panel opens with: it, and the words of one language. */
function opening(language) {
  return filesOf(`${WORDS}${language}.json`, filesOf(PANEL));
}

/** Everything that the panel may fetch later, but for words. */
function later() {
  const opened = filesOf(PANEL);
  const files = new Set();
  for (const [name, chunk] of Object.entries(manifest)) {
    if (!chunk.isDynamicEntry) continue;
    // Nobody would fetch it: a part dresses the panel itself (panel/sheet.ts).
    if (chunk.css) throw new Error(`${name} has its style in a file of its own: import it ?inline`);
    filesOf(name, files);
  }
  return new Set([...files].filter((file) => !opened.has(file)));
}

/** The words of all that, which come with the first part that speaks. */
function said(language) {
  return filesOf(`${WORDS}parts/${language}.json`);
}

/** What each line of the budget is about: files, by what is said of them. */
function measured(name) {
  if (name === "panel in English") return { [name]: opening("en") };
  if (name === "all parts on demand") return { [name]: later() };
  const among = { "panel in any language": opening, "words of the parts": said }[name];
  if (!among) return { [name]: new Set([name]) };
  return Object.fromEntries(languages.map((each) => [`${name}: ${each}`, among(each)]));
}

let heavy = false;
for (const [name, most] of Object.entries(budget)) {
  for (const [what, files] of Object.entries(measured(name))) {
    let bytes = 0;
    for (const file of files) bytes += await weigh(file);
    heavy ||= bytes > most;
    console.log(`${bytes > most ? "TOO HEAVY" : "ok"}  ${what}  ${bytes} of ${most} B gz`);
  }
}
process.exit(heavy ? 1 : 0);
