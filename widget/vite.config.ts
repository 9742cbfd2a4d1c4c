import { defineConfig } from "vite";

const home = new URL(".", import.meta.url).pathname;

interface Modules {
  getModuleInfo(id: string): { isEntry: boolean; importers: readonly string[] } | null;
}

/**
 * All that the panel takes as it opens is one file. Left alone, each part that comes on demand
 * would cut out what it shares with it, and everybody would fetch more, in more pieces.
 */
function opening(id: string, modules: Modules, seen = new Set<string>()): string | null {
  const module = modules.getModuleInfo(id);
  if (!module || seen.has(id)) return null;
  seen.add(id);
  const taken = module.isEntry || module.importers.some((by) => opening(by, modules, seen));
  return taken ? "panel" : null;
}

/** The panel: hashed files that the gateway finds through the manifest. */
export default defineConfig({
  root: home,
  base: "/widget/",
  build: {
    outDir: "../gateway/static/widget",
    emptyOutDir: true,
    manifest: true,
    // What a part needs is here already, so there is nothing to fetch before it.
    modulePreload: false,
    assetsInlineLimit: 0,
    target: "es2022",
    rolldownOptions: {
      input: "panel/main.tsx",
      output: { codeSplitting: { groups: [{ name: opening }] } },
    },
  },
});
