import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["*.spec.ts"],
    // One file after the other: the suite has tests with deadlines of their own.
    fileParallelism: false,
    testTimeout: 30_000,
    reporters: ["default"],
  },
})
