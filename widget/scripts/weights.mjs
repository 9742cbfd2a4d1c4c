// Fails when what a shop's visitor must download, gzipped, is heavier than budget.json allows.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const built = new URL("../../gateway/static/widget/", import.meta.url);
const budget = JSON.parse(await readFile(new URL("../budget.json", import.meta.url), "utf8"));
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", built), "utf8"));

/** The files of a chunk, its static imports and their styles; other languages come on demand. */
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

let heavy = false;
for (const [name, most] of Object.entries(budget)) {
  const files = name in manifest ? [...filesOf(name)] : [name];
  let bytes = 0;
  for (const file of files) bytes += await weigh(file);
  heavy ||= bytes > most;
  console.log(`${bytes > most ? "TOO HEAVY" : "ok"}  ${name}  ${bytes} of ${most} B gz`);
}
process.exit(heavy ? 1 : 0);
