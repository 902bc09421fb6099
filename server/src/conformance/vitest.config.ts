import { defineConfig } from "vitest/config"
import { server } from "./server.ts"

const SUITE = "@durable-streams/server-conformance-tests"

export default defineConfig({
  plugins: [
    {
      // The suite knows one root of streams, and has it in each of its paths.
      name: "root-of-streams",
      transform: (code, id) => (id.includes(SUITE) ? code.replaceAll("/v1/stream/", () => server.root) : undefined),
    },
  ],
  test: {
    include: ["*.spec.ts"],
    // One file after the other: the suite has tests with deadlines of their own.
    fileParallelism: false,
    testTimeout: 30_000,
    reporters: ["default"],
    server: { deps: { inline: [SUITE] } },
  },
})
