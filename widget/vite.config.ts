import { readdirSync, readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const home = new URL(".", import.meta.url).pathname;
const HELPER = "\0vite/preload-helper.js";

const ENTRY = "panel/main.tsx";

const named = (end: string) => (folder: string) =>
  readdirSync(home + folder)
    .filter((file) => file.endsWith(end))
    .map((file) => folder + file);
const words = named(".json");
const sheets = named(".css");

/** A few lines that several parts share: each would be a file, and a request, of its own. */
const SHARED = /panel\/(Problem|focus|notices|refused|refusing|sheet)\.tsx?$/;

interface Modules {
  getModuleInfo(id: string): { importers: readonly string[] } | null;
}

/**
 * All that the panel takes as it opens is one file. Left alone, each part that comes on demand
 * would cut out what it shares with it, and everybody would fetch more, in more pieces.
 */
function opening(id: string, modules: Modules, seen = new Set<string>()): string | null {
  const module = modules.getModuleInfo(id);
  if (!module || seen.has(id)) return null;
  seen.add(id);
  const taken =
    SHARED.test(id) ||
    id.endsWith(ENTRY) ||
    module.importers.some((by) => opening(by, modules, seen));
  return taken ? "panel" : null;
}

/**
 * Vite wraps each `import()` in a helper that fetches its styles and what it imports. Our parts bring
 * their style themselves and import nothing that is not here already, so nothing is left to do.
 */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  resolveId: (id) => (id === HELPER ? id : undefined),
  load: (id) =>
    id === HELPER ? "export const __vitePreload = (fetched) => fetched();" : undefined,
};

/** What every panel has alike: no store, scheme or wish for less motion changes it. */
const FIXED = /^--(s\d|r-|text-|leading|regular|strong|font|ease)/;

/** Writes fixed tokens out where they stand, and leaves out those that only the console has use for. */
const tokens: Plugin = {
  name: "tokens",
  enforce: "pre",
  transform(code, id) {
    const file = id.split("?")[0] as string;
    if (!file.endsWith(".css")) return;
    const used = sheets("panel/").map((sheet) => readFileSync(home + sheet, "utf8"));
    const all = readFileSync(`${home}link/tokens.css`, "utf8");
    let text = code;
    for (const [line, name, value] of all.matchAll(/^ +(--[\w-]+):\s([^;]+);\n/gm)) {
      const needed = `${all}${used}`.includes(`var(${name})`);
      if (FIXED.test(name as string)) text = text.replaceAll(`var(${name})`, value as string);
      if (!needed || FIXED.test(name as string)) text = text.replace(line, "");
    }
    return { code: text, map: null };
  },
};

/** The panel: hashed files that the gateway finds through the manifest. */
export default defineConfig({
  root: home,
  base: "/widget/",
  plugins: [plainImports, tokens],
  // Smaller than the automatic runtime, which brings a second way to make elements.
  oxc: {
    jsx: { runtime: "classic", pragma: "h", pragmaFrag: "Fragment" },
    jsxInject: 'import { Fragment, h } from "preact"',
  },
  build: {
    outDir: "../gateway/static/widget",
    emptyOutDir: true,
    manifest: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    target: "es2022",
    // The style is written for browsers that know `light-dark()`; nothing is spelled out for others.
    cssTarget: "esnext",
    rolldownOptions: {
      preserveEntrySignatures: "exports-only",
      // The words are entries: the gateway writes into the document where those of the language are.
      input: [ENTRY, ...words("panel/words/"), ...words("panel/words/parts/")],
      output: { codeSplitting: { groups: [{ name: opening }] } },
    },
  },
});
