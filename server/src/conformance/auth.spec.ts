// The official TypeScript client against a server that authenticates, whose tokens and signed URL the environment has.
// Skipped where it has none.
import { DurableStream, IdempotentProducer, stream } from "@durable-streams/client"
import type { StreamResponse } from "@durable-streams/client"
import { randomUUID } from "node:crypto"
import { afterEach, describe, expect, test, vi } from "vitest"
import { server } from "./server"

const token = process.env.STREAMKEEPER_TOKEN
const otherToken = process.env.STREAMKEEPER_OTHER_TOKEN
/** The query of a signed URL that allows reads below signed/. */
const signedQuery = process.env.STREAMKEEPER_SIGNED_QUERY

const sessions: Array<StreamResponse> = []

afterEach(() => {
  for (const session of sessions.splice(0)) {
    session.cancel()
  }
})

const headers = { Authorization: `Bearer ${token}` }

function newUrl(folder: string): string {
  return `${server.baseUrl}${server.root}${folder}/${randomUUID()}`
}

async function createJson(folder: string): Promise<DurableStream> {
  return await DurableStream.create({ url: newUrl(folder), contentType: "application/json", headers, warnOnHttp: false })
}

/** The status of the error that a call fails with. */
async function statusOf(call: Promise<unknown>): Promise<number | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    return (error as { status?: number }).status
  }
}

const noRetry = { backoffOptions: { initialDelay: 1, maxDelay: 1, multiplier: 1, maxRetries: 0 } }

describe.skipIf(!token)("the official client authenticates", () => {
  test("with a token in its headers, for each operation", async () => {
    const handle = await createJson("own")
    await handle.append(JSON.stringify({ n: 1 }))
    const producer = new IdempotentProducer(handle, "auth-spec", {})
    producer.append(JSON.stringify({ n: 2 }))
    await producer.flush()
    await producer.detach()
    const head = await DurableStream.head({ url: handle.url, headers, warnOnHttp: false })
    expect(head.exists).toBe(true)

    const session = await stream({ url: handle.url, live: false, headers, warnOnHttp: false })
    expect(await session.json()).toStrictEqual([{ n: 1 }, { n: 2 }])

    await handle.close()
    await handle.delete()
    expect(await statusOf(stream({ url: handle.url, live: false, headers, warnOnHttp: false, ...noRetry }))).toBe(404)
  })

  test("with a token that a function returns for each request", async () => {
    const handle = await createJson("own")
    let calls = 0
    const session = await stream<{ n: number }>({
      url: handle.url,
      live: "long-poll",
      headers: {
        Authorization: async () => {
          calls++
          return `Bearer ${token}`
        },
      },
      warnOnHttp: false,
    })
    sessions.push(session)
    const items: Array<{ n: number }> = []
    session.subscribeJson<{ n: number }>((batch) => {
      items.push(...batch.items)
    })
    for (let n = 0; n < 3; n++) {
      await handle.append(JSON.stringify({ n }))
      await vi.waitUntil(() => items.length > n, { timeout: 20_000, interval: 5 })
    }
    expect(items).toStrictEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
    expect(calls).toBeGreaterThan(1)
  })

  test("and gets 401 without a token and with an unknown one, 403 with that of another", async () => {
    const { url } = await createJson("own")
    const read = (authorization: Record<string, string>) =>
      statusOf(stream({ url, live: false, headers: authorization, warnOnHttp: false, ...noRetry }))
    expect(await read({})).toBe(401)
    expect(await read({ Authorization: "Bearer unknown" })).toBe(401)
    expect(await read({ Authorization: `Bearer ${otherToken}` })).toBe(403)
    expect(await read(headers)).toBe(undefined)
  })

  test.each(["long-poll", "sse"] as const)("and follows a signed URL by %s without a header", async (live) => {
    const handle = await createJson("signed")
    await handle.append(JSON.stringify({ n: 0 }))
    const session = await stream<{ n: number }>({ url: `${handle.url}?${signedQuery}`, live, warnOnHttp: false })
    sessions.push(session)
    const items: Array<{ n: number }> = []
    session.subscribeJson<{ n: number }>((batch) => {
      items.push(...batch.items)
    })
    for (let n = 1; n < 4; n++) {
      await vi.waitUntil(() => items.length >= n, { timeout: 20_000, interval: 5 })
      await handle.append(JSON.stringify({ n }))
    }
    await vi.waitUntil(() => items.length >= 4, { timeout: 20_000, interval: 5 })
    expect(items).toStrictEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }])
  })

  test("and may not append with a signed URL that allows reads", async () => {
    const { url } = await createJson("signed")
    const signed = new DurableStream({ url: `${url}?${signedQuery}`, contentType: "application/json", warnOnHttp: false, ...noRetry })
    expect(await statusOf(signed.append("1"))).toBe(403)
  })
})
