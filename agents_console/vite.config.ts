import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/console/",
  build: {
    outDir: "../gateway/static/console",
    emptyOutDir: true,
    target: "es2022",
    // Every browser that runs es2022 preloads modules by itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { dedupe: ["preact", "@preact/signals"] },
  test: {
    environment: "happy-dom",
    // Five seconds are too few on a machine that has other work.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Fake clocks start at a noon: what is offered in the evening is not what is offered at night.
    fakeTimers: { now: Date.UTC(2026, 4, 12, 12) },
    include: ["test/**/*.test.{ts,tsx}"],
    // One test reads the style sheets.
    css: true,
  },
});
