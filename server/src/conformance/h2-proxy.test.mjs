// The proxy hides nothing that a server answers: node --test h2-proxy.test.mjs
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import http from "node:http"
import http2 from "node:http2"
import { createInterface } from "node:readline"
import { addAbortSignal } from "node:stream"
import { after, before, test } from "node:test"

const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = http2.constants
const LARGE = Buffer.alloc(3_000_000, "0123456789abcdef")

const answers = {
  "/fields": (stream) => {
    stream.respond({ ":status": 409, "x-two": ["a", "b"], "content-length": "4" }, { sendDate: false })
    stream.end("body")
  },
  "/echo": (stream, fields) => {
    stream.respond({ ":status": 200, "x-authority": fields[":authority"], "x-sent": fields["x-sent"] })
    stream.pipe(stream)
  },
  "/no-content": (stream) => stream.respond({ ":status": 204 }, { endStream: true }),
  "/refused": (stream) => stream.close(NGHTTP2_REFUSED_STREAM),
  // close() would end the body first. These send RST_STREAM with INTERNAL_ERROR, and with CANCEL.
  "/failed": (stream) => partThen(stream, () => stream.destroy(new Error("expected"))),
  "/cancelled": (stream) => {
    const abort = new AbortController()
    addAbortSignal(abort.signal, stream)
    partThen(stream, () => abort.abort())
  },
  "/gone": (stream) => partThen(stream, () => sockets.forEach((socket) => socket.destroy())),
  "/open": (stream) => {
    stream.respond({ ":status": 200 })
    stream.write("part")
    stream.on("close", () => upstream.emit("closed", stream.rstCode))
  },
}

/** Resets come after the client has the first part. */
let goOn
function partThen(stream, next) {
  stream.respond({ ":status": 200 })
  stream.write("part")
  goOn = next
}

const sockets = []
const upstream = http2.createServer()
upstream.on("stream", (stream, fields) => {
  stream.on("error", () => {})
  answers[fields[":path"]](stream, fields)
})
upstream.on("sessionError", () => {})
upstream.on("connection", (socket) => sockets.push(socket))

let proxy
let url

before(async () => {
  await once(upstream.listen(0, "127.0.0.1"), "listening")
  const target = `http://127.0.0.1:${upstream.address().port}`
  proxy = spawn(process.execPath, ["h2-proxy.mjs", target], { stdio: ["pipe", "pipe", "inherit"] })
  const [line] = await once(createInterface(proxy.stdout), "line")
  url = line.replace("ready on ", "")
})

after(async () => {
  const exit = once(proxy, "exit")
  proxy.stdin.end()
  assert.deepEqual(await exit, [0, null])
  upstream.close()
})

async function get(path) {
  const request = http.get(url + path, { agent: false })
  const [response] = await once(request, "response")
  return response
}

test("status, fields and body are the server's", async () => {
  const response = await get("/fields")
  assert.equal(response.statusCode, 409)
  assert.deepEqual(response.headersDistinct["x-two"], ["a", "b"])
  assert.equal(response.headers.date, undefined)
  assert.equal((await response.toArray()).join(""), "body")
})

test("Host, fields and a body in both directions are passed on", async () => {
  const answer = await fetch(`${url}/echo`, { method: "POST", body: LARGE, headers: { "X-Sent": "yes" } })
  assert.equal(answer.headers.get("x-authority"), new URL(url).host)
  assert.equal(answer.headers.get("x-sent"), "yes")
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(LARGE))
})

test("an answer without a body ends", async () => {
  assert.equal((await fetch(`${url}/no-content`)).status, 204)
})

test("a request that is reset has no answer", async () => {
  await assert.rejects(get("/refused"), { code: "ECONNRESET" })
})

for (const path of ["/failed", "/cancelled", "/gone"]) {
  test(`a body that is reset does not end: ${path}`, async () => {
    const response = await get(path)
    await once(response, "readable")
    assert.equal(String(response.read()), "part")
    goOn()
    await assert.rejects(response.toArray(), { code: "ECONNRESET" })
  })
}

test("a client that closes its connection resets the stream", async () => {
  const response = await get("/open")
  const closed = once(upstream, "closed")
  response.destroy()
  assert.deepEqual(await closed, [NGHTTP2_CANCEL])
})
