// The official suite, against the server that STREAMKEEPER_URL names.
import { runConformanceTests } from "@durable-streams/server-conformance-tests"
import { afterEach, beforeEach } from "vitest"
import { noteLosses } from "./losses"
import { losesMembers, server, suiteMs } from "./server"

const end = Date.now() + suiteMs

// What comes too late is marked and left out, so that a server that answers nothing is reported on too.
beforeEach(({ task, skip }) => {
  if (Date.now() >= end) {
    Object.assign(task.meta, { tooLate: true })
    skip()
  }
})

// The report has the stacks, and that of a time-out does not name it.
afterEach(({ task }) => {
  for (const error of task.result?.errors ?? []) {
    error.stack = error.stack?.replace("STACK_TRACE_ERROR", error.message.split("\n")[0]!)
  }
})

if (losesMembers) {
  noteLosses()
}

runConformanceTests(server)
