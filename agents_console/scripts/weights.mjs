// Adds up what the console's first page loads, gzipped, and fails above budget.json.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const built = new URL("../../gateway/static/console/", import.meta.url);
const { initial_gz_kb: most } = JSON.parse(
  await readFile(new URL("../budget.json", import.meta.url), "utf8"),
);

const html = await readFile(new URL("index.html", built), "utf8").catch(() => {
  process.stderr.write("the console is not built: run `npm run build`\n");
  process.exit(1);
});
const wanted = [...html.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g)].map(
  (m) => m[1],
);

let total = gzipSync(html).length;
for (const file of wanted) {
  const bytes = gzipSync(await readFile(new URL(file, built)), { level: 9 }).length;
  total += bytes;
  process.stdout.write(`${(bytes / 1000).toFixed(1).padStart(7)} kB gz  ${file}\n`);
}
const kb = total / 1000;
process.stdout.write(`${kb.toFixed(1).padStart(7)} kB gz  in all, of ${most} kB\n`);
if (wanted.length === 0 || kb > most) process.exit(1);
