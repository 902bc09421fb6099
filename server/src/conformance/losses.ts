// What a test of the suite meets while members of the cluster under test are killed: responses of status 503, and lost
// connections. They are noted in the report of the test, by status and code.
import { subscribe } from "node:diagnostics_channel"
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, beforeEach } from "vitest"
import { server } from "./server"

const READY_MS = 60_000

/** Codes of errors of a connection that the other side has ended or refused. */
const LOST = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "UND_ERR_SOCKET"])

/** The tests that run now. Some run concurrently, and whose request it was is not known. */
const running = new Set<{ meta: object }>()

function note(loss: string): void {
  for (const task of running) {
    Object.assign(task.meta, { loss })
  }
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(new URL("/health/ready", server.baseUrl))).ok
  } catch {
    return false
  }
}

/** Notes losses from now on, and begins a test only when the server is ready. */
export function noteLosses(): void {
  subscribe("undici:request:headers", (message) => {
    const { request, response } = message as { request: { path: string }; response: { statusCode: number } }
    if (response.statusCode === 503 && request.path !== "/health/ready") {
      note("503")
    }
  })
  subscribe("undici:request:error", (message) => {
    const { code } = (message as { error: { code?: string } }).error
    if (code !== undefined && LOST.has(code)) {
      note(code)
    }
  })
  beforeEach(async ({ task }) => {
    for (const end = Date.now() + READY_MS; !(await isReady()); await sleep(50)) {
      if (Date.now() > end) {
        throw new Error(`${server.baseUrl} is not ready after ${READY_MS / 1000} s`)
      }
    }
    running.add(task)
  }, READY_MS * 2)
  afterEach(({ task }) => {
    running.delete(task)
  })
}
