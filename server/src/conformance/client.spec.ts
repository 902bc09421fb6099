// The official TypeScript client against the server that STREAMKEEPER_URL names.
import { DurableStream, IdempotentProducer, stream } from "@durable-streams/client"
import type { StreamResponse } from "@durable-streams/client"
import { randomUUID } from "node:crypto"
import { afterEach, describe, expect, test, vi } from "vitest"
import { server } from "./server"

interface Message {
  id: number
  text: string
}

const sessions: Array<StreamResponse> = []

afterEach(() => {
  for (const session of sessions.splice(0)) {
    session.cancel()
  }
})

function newUrl(): string {
  return `${server.baseUrl}${server.root}client/${randomUUID()}`
}

function message(id: number): Message {
  return { id, text: `№ ${id}: "quoted", line\nbreak, \u2028, 🦆` }
}

function messages(from: number, to: number): Array<Message> {
  return Array.from({ length: to - from }, (_, index) => message(from + index))
}

async function createJson(): Promise<DurableStream> {
  return await DurableStream.create({ url: newUrl(), contentType: "application/json", warnOnHttp: false })
}

async function appendEach(handle: DurableStream, items: Array<Message>): Promise<void> {
  for (const item of items) {
    await handle.append(JSON.stringify(item))
  }
}

/** A live session, all that it has delivered, and which requests it made. */
class Tail {
  readonly items: Array<Message> = []
  /** After how many items which offset was given. */
  readonly checkpoints: Array<{ count: number; offset: string }> = []
  upToDate = false

  private constructor(
    readonly session: StreamResponse<Message>,
    readonly contentTypes: Map<string, string | null>
  ) {
    session.subscribeJson<Message>((batch) => {
      this.items.push(...batch.items)
      this.checkpoints.push({ count: this.items.length, offset: batch.offset })
      this.upToDate = batch.upToDate
    })
  }

  static async start(url: string, live: "long-poll" | "sse", offset = "-1"): Promise<Tail> {
    const contentTypes = new Map<string, string | null>()
    const session = await stream<Message>({
      url,
      live,
      offset,
      warnOnHttp: false,
      fetch: async (input, init) => {
        const response = await fetch(input, init)
        const mode = new URL(input instanceof Request ? input.url : input).searchParams.get("live")
        contentTypes.set(mode ?? "catch-up", response.headers.get("content-type"))
        return response
      },
    })
    sessions.push(session)
    return new Tail(session, contentTypes)
  }

  async reaches(count: number): Promise<void> {
    await vi.waitUntil(() => this.items.length >= count, { timeout: 20_000, interval: 5 })
  }

  async caughtUp(): Promise<void> {
    await vi.waitUntil(() => this.upToDate, { timeout: 20_000, interval: 5 })
  }
}

describe("the official client creates and appends", () => {
  test("and reads each JSON message back as it was, in order", async () => {
    const handle = await createJson()
    const values = [message(0), null, true, -0.5, "", "text", { deep: { list: [1, [2, [3]]] } }, { empty: {} }]
    for (const value of values) {
      await handle.append(JSON.stringify(value))
    }

    const session = await stream({ url: handle.url, live: false, warnOnHttp: false })

    expect(await session.json()).toStrictEqual(values)
    expect(session.contentType).toBe("application/json")
    expect(session.upToDate).toBe(true)
  })

  test("and a JSON array is one message when appended, many when the stream is created with it", async () => {
    const handle = await DurableStream.create({
      url: newUrl(),
      contentType: "application/json",
      body: JSON.stringify(messages(0, 100)),
      warnOnHttp: false,
    })
    await handle.append(JSON.stringify(messages(100, 102)))

    const session = await stream({ url: handle.url, live: false, warnOnHttp: false })

    expect(await session.json()).toStrictEqual([...messages(0, 100), messages(100, 102)])
  })

  test("and reads bytes back unchanged", async () => {
    const handle = await DurableStream.create({
      url: newUrl(),
      contentType: "application/octet-stream",
      warnOnHttp: false,
    })
    const every = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
    await handle.append(every.subarray(0, 1))
    await handle.append(every.subarray(1, 40_000))
    await handle.append(every.subarray(40_000))

    const session = await stream({ url: handle.url, live: false, warnOnHttp: false })

    expect(Buffer.from(await session.body()).equals(Buffer.from(every))).toBe(true)
  })

  test("and a producer's pipelined batches arrive once and in order", async () => {
    const handle = await createJson()
    const errors: Array<Error> = []
    const producer = new IdempotentProducer(handle, "client-spec", {
      maxBatchBytes: 1024,
      onError: (error) => errors.push(error),
    })
    for (const item of messages(0, 500)) {
      producer.append(JSON.stringify(item))
    }
    await producer.flush()
    await producer.detach()

    const session = await stream<Message>({ url: handle.url, live: false, warnOnHttp: false })

    expect(errors).toStrictEqual([])
    expect(await session.json()).toStrictEqual(messages(0, 500))
  })

  test("and sees the stream's metadata and its end", async () => {
    const handle = await createJson()
    await handle.append(JSON.stringify(message(0)))
    const { finalOffset } = await handle.close({ body: JSON.stringify(message(1)) })

    const head = await DurableStream.head({ url: handle.url, warnOnHttp: false })

    expect(head).toMatchObject({
      exists: true,
      contentType: "application/json",
      offset: finalOffset,
      streamClosed: true,
    })
  })
})

describe.each(["long-poll", "sse"] as const)("the official client tails by %s", (live) => {
  test("and gets what is there and what is appended later, once and in order", async () => {
    const handle = await createJson()
    await appendEach(handle, messages(0, 5))
    const tail = await Tail.start(handle.url, live)
    await tail.reaches(5)
    await tail.caughtUp()

    for (let id = 5; id < 25; id++) {
      await handle.append(JSON.stringify(message(id)))
      await tail.reaches(id + 1)
    }

    expect(tail.items).toStrictEqual(messages(0, 25))
    expect(tail.contentTypes.get(live)).toMatch(live === "sse" ? /^text\/event-stream/ : /^application\/json/)
  })

  test("and waits through empty answers without losing or repeating anything", async () => {
    const handle = await createJson()
    const tail = await Tail.start(handle.url, live)
    await tail.caughtUp()
    const quietMs = live === "long-poll" ? server.longPollTimeoutMs + 500 : 500
    const quietUntil = Date.now() + quietMs
    await vi.waitUntil(() => Date.now() >= quietUntil, { timeout: quietMs + 5_000 })

    await appendEach(handle, messages(0, 3))
    await tail.reaches(3)

    expect(tail.items).toStrictEqual(messages(0, 3))
  })

  test("and ends when the stream is closed", async () => {
    const handle = await createJson()
    await handle.append(JSON.stringify(message(0)))
    const tail = await Tail.start(handle.url, live)
    await tail.reaches(1)

    await handle.close({ body: JSON.stringify(message(1)) })
    await tail.reaches(2)
    await tail.session.closed

    expect(tail.items).toStrictEqual(messages(0, 2))
    expect(tail.session.streamClosed).toBe(true)
  })

  test("and resumes from every offset that it was given, without loss or duplication", async () => {
    const handle = await createJson()
    const first = await Tail.start(handle.url, live)
    for (let id = 0; id < 12; id++) {
      await handle.append(JSON.stringify(message(id)))
      await first.reaches(id + 1)
    }
    first.session.cancel()
    await appendEach(handle, messages(12, 20))

    const checkpoints = first.checkpoints.filter(({ count }) => count > 0)
    expect(new Set(checkpoints.map(({ offset }) => offset)).size).toBeGreaterThanOrEqual(12)
    for (const { count, offset } of checkpoints) {
      const resumed = await Tail.start(handle.url, live, offset)
      await resumed.reaches(20 - count)
      await resumed.caughtUp()
      expect(resumed.items).toStrictEqual(messages(count, 20))
      resumed.session.cancel()
    }
  })

  test("and resumes while another writer goes on appending", async () => {
    const handle = await createJson()
    const total = 200
    const writer = appendEach(handle, messages(0, total))
    const received: Array<Message> = []
    let offset = "-1"
    while (received.length < total) {
      const tail = await Tail.start(handle.url, live, offset)
      await tail.reaches(1)
      tail.session.cancel()
      received.push(...tail.items)
      offset = tail.checkpoints.at(-1)!.offset
    }
    await writer

    expect(received).toStrictEqual(messages(0, total))
  })
})

describe("the official client tails bytes by SSE", () => {
  test("and decodes them to what was appended", async () => {
    const handle = await DurableStream.create({
      url: newUrl(),
      contentType: "application/octet-stream",
      warnOnHttp: false,
    })
    const session = await stream({ url: handle.url, live: "sse", warnOnHttp: false })
    sessions.push(session)
    const received: Array<Uint8Array> = []
    session.subscribeBytes((chunk) => {
      received.push(chunk.data)
    })
    const every = Uint8Array.from({ length: 3_001 }, (_, index) => index & 0xff)

    for (const end of [1, 2, 4, 1_000, 3_001]) {
      const start = Buffer.concat(received).length
      await handle.append(every.subarray(start, end))
      await vi.waitUntil(() => Buffer.concat(received).length >= end, { timeout: 20_000, interval: 5 })
    }

    expect(Buffer.concat(received).equals(Buffer.from(every))).toBe(true)
  })
})
