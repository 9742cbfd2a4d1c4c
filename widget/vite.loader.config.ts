import { defineConfig } from "vite";

const home = new URL(".", import.meta.url).pathname;

/**
 * All of the loader runs on every page, so nothing is gained by leaving functions for later; Chrome
 * then compiles them beside the main thread (https://v8.dev/blog/explicit-compile-hints).
 */
const EAGER = "//# allFunctionsCalledOnLoad";

/**
 * What runs on the shop's page, each one file under a stable name: the loader, whose address stands
 * in the shops' pages, and with `--mode frame` the part that it imports when somebody wants the chat.
 */
export default defineConfig(({ mode }) => {
  const name = mode === "frame" ? "frame" : "loader";
  return {
    root: home,
    build: {
      outDir: "../gateway/static/widget",
      emptyOutDir: false,
      copyPublicDir: false,
      cssTarget: "esnext",
      target: "es2022",
      rolldownOptions: { output: name === "loader" ? { postBanner: EAGER } : {} },
      lib: {
        entry: `loader/${name}.ts`,
        formats: [name === "frame" ? "es" : "iife"],
        name: "OnethreadLoader",
        fileName: () => `${name}.js`,
      },
    },
  };
});
