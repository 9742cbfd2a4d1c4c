import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Five seconds are too few on a machine that has other work.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
