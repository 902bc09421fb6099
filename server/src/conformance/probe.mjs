// Creates a stream below STREAMKEEPER_URL and deletes it, or ends with status 1 and says in one line why it cannot.
import { randomUUID } from "node:crypto"

const WAIT_MS = 15_000
const url = new URL(`conformance-probe-${randomUUID()}`, process.env.STREAMKEEPER_URL)

async function send(method) {
  return await fetch(url, { method, headers: { "content-type": "text/plain" }, signal: AbortSignal.timeout(WAIT_MS) })
}

async function problem() {
  try {
    const created = await send("PUT")
    if (created.status !== 201) {
      return `PUT ${url} was answered ${created.status}, expected 201: streams cannot be created there`
    }
    await send("DELETE")
    return undefined
  } catch (error) {
    const cause = error.name === "TimeoutError" ? `nothing came for ${WAIT_MS / 1000} s` : error.cause
    return `no server answers at ${url.origin}: ${cause?.message || cause?.code || cause || error.message}`
  }
}

const found = await problem()
if (found) {
  console.log(found)
}
process.exit(found ? 1 : 0)
