import { defineConfig } from "vite";

const home = new URL(".", import.meta.url).pathname;

/** The panel: hashed files that the gateway finds through the manifest. */
export default defineConfig({
  root: home,
  base: "/widget/",
  build: {
    outDir: "../gateway/static/widget",
    emptyOutDir: true,
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: "es2022",
    rolldownOptions: { input: "panel/main.tsx" },
  },
});
