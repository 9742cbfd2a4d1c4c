import { defineConfig } from "vite";

const home = new URL(".", import.meta.url).pathname;

/** The loader: one file under a stable name, since its address stands in the shops' pages. */
export default defineConfig({
  root: home,
  build: {
    outDir: "../gateway/static/widget",
    emptyOutDir: false,
    copyPublicDir: false,
    cssTarget: "esnext",
    target: "es2022",
    lib: {
      entry: "loader/loader.ts",
      formats: ["iife"],
      name: "OnethreadLoader",
      fileName: () => "loader.js",
    },
  },
});
