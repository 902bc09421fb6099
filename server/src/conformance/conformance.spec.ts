// The official suite, against the server that STREAMKEEPER_URL names.
import { runConformanceTests } from "@durable-streams/server-conformance-tests"
import { server } from "./server"

runConformanceTests({ baseUrl: server.baseUrl, longPollTimeoutMs: server.longPollTimeoutMs })
