// Fails when what a shop's visitor must download, gzipped, is heavier than budget.json allows.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const built = new URL("../../gateway/static/widget/", import.meta.url);
const budget = JSON.parse(await readFile(new URL("../budget.json", import.meta.url), "utf8"));
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", built), "utf8"));

/** The panel opens with the words of one language; the others stay where they are. */
const WITH = { "panel/main.tsx": "panel/words/en.json" };

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

/** Everything that the panel may fetch later, but for words and what it opened with. */
function later() {
  const opened = filesOf("panel/main.tsx");
  const files = new Set();
  for (const [name, chunk] of Object.entries(manifest)) {
    if (chunk.isDynamicEntry && !name.startsWith("panel/words/")) filesOf(name, files);
  }
  return new Set([...files].filter((file) => !opened.has(file)));
}

let heavy = false;
for (const [name, most] of Object.entries(budget)) {
  const named = () => (name in manifest ? filesOf(name) : new Set([name]));
  const files = name === "parts on demand" ? later() : named();
  if (name in WITH) filesOf(WITH[name], files);
  let bytes = 0;
  for (const file of files) bytes += await weigh(file);
  heavy ||= bytes > most;
  console.log(`${bytes > most ? "TOO HEAVY" : "ok"}  ${name}  ${bytes} of ${most} B gz`);
}
process.exit(heavy ? 1 : 0);
