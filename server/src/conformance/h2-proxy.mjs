// Passes HTTP/1.1 requests on over one HTTP/2 connection: Node's fetch, which the suite uses, has no HTTP/2.
//   node h2-proxy.mjs http://127.0.0.1:PORT            HTTP/2 without TLS, with prior knowledge
//   node h2-proxy.mjs https://127.0.0.1:PORT CA_FILE   HTTP/2 over TLS, as ALPN chose
// A third argument is the port on which it listens itself.
// Host becomes :authority. Status, fields and body of an answer are passed on as they are, in pieces as they come. What
// cannot be passed on, such as a reset, closes the client's connection. Prints its address and each connection to the
// server, and ends when its standard input ends.
import { readFileSync } from "node:fs"
import http from "node:http"
import http2 from "node:http2"

const MAX_CONNECTIONS = 256
/** Longer than the suite pauses: no connection closes while the client sends on it. */
const KEEP_ALIVE_MS = 60_000
/** The fields of one HTTP/1.1 connection, which HTTP/2 forbids; Host is passed on as :authority. */
const NOT_PASSED_ON = new Set(["connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"])

const [target, caFile, port = "0"] = process.argv.slice(2)
const options = caFile ? { ca: readFileSync(caFile) } : {}

let session

function connection() {
  if (!session || session.closed || session.destroyed) {
    session = http2.connect(target, options)
    session.on("connect", ({ alpnProtocol }) => console.log(`connected with ${alpnProtocol}`))
    // Each of its streams reports the error too.
    session.on("error", (error) => console.log(`the connection failed: ${error.message}`))
  }
  return session
}

/** Names and values in turn, without those that `leftOut` is true for. */
function filtered(raw, leftOut) {
  return raw.filter((_, index) => !leftOut(raw[index - (index % 2)].toLowerCase()))
}

function head(request) {
  const fields = { ":method": request.method, ":path": request.url, ":authority": request.headers.host }
  const raw = filtered(request.rawHeaders, (name) => NOT_PASSED_ON.has(name))
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index].toLowerCase()
    fields[name] = name in fields ? [fields[name], raw[index + 1]].flat() : raw[index + 1]
  }
  return fields
}

function passOn(request, response) {
  const hasBody = "transfer-encoding" in request.headers || Number(request.headers["content-length"] ?? 0) > 0
  const stream = connection().request(head(request), { endStream: !hasBody })

  const fail = (reason) => {
    console.log(`${request.method} ${request.url}: ${reason}`)
    response.destroy()
  }
  stream.on("response", (fields, flags, raw) => {
    // Only the fields of the server are passed on, none of Node's own.
    response.sendDate = false
    response.writeHead(fields[":status"], filtered(raw, (name) => name.startsWith(":")))
    response.flushHeaders()
    stream.pipe(response, { end: false })
  })
  stream.on("trailers", () => fail("trailers, which are not passed on"))
  // Node also ends a body that was reset; the code makes the difference. A reset with NO_ERROR has none: nothing here
  // can distinguish it from an end.
  stream.on("end", () => stream.rstCode === http2.constants.NGHTTP2_NO_ERROR && response.end())
  stream.on("error", (error) => fail(error.message))
  stream.on("close", () => {
    if (!response.writableEnded && !response.destroyed) {
      fail(`reset with code ${stream.rstCode}`)
    }
    // The rest of a body that the server has refused.
    request.resume()
  })
  response.on("close", () => {
    // Only for a client that has left: a server limits how many streams a client resets.
    if (!response.writableFinished) {
      stream.close(http2.constants.NGHTTP2_CANCEL)
    }
  })
  if (hasBody) {
    request.pipe(stream)
  }
}

const server = http.createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, passOn)
server.maxConnections = MAX_CONNECTIONS
server.listen(Number(port), "127.0.0.1", () => console.log(`ready on http://127.0.0.1:${server.address().port}`))

process.stdin.resume().on("end", () => process.exit(0))
