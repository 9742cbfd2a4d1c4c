import { defineConfig } from "vite";

const home = new URL(".", import.meta.url).pathname;

/** One part of the web push: `--mode shop`, `window` or `worker`, each a file under a stable name. */
export default defineConfig(({ mode }) => ({
  root: home,
  build: {
    outDir: "../gateway/static/widget",
    emptyOutDir: false,
    copyPublicDir: false,
    target: "es2022",
    lib: {
      entry: `push/${mode}.ts`,
      // The loader imports the shop's; the worker's names must not meet those of the shop's file.
      formats: [mode === "shop" ? "es" : "iife"],
      name: "Onethread",
      fileName: () => `push/${mode}.js`,
    },
  },
}));
