import { Agent, createServer, request } from 'node:http';
import { changed, changesBody, delay, parseFault } from './faults.js';

/** The path with which tests of other processes inject faults, as at the reference. */
const CONTROL_PATH = '/_test/inject-error';
const CONTROL_BODY_BYTES_MAX = 65_536;
const FAULT_BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Headers of one connection; the other side has its own. `Transfer-Encoding` stays, because Node then uses it, too. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'expect', 'upgrade', 'te']);

/**
 * A proxy in front of the jar. It forwards requests and responses as they are, `Host` included, injects the faults of
 * the tests, and calls the hooks of creations and deletions before it forwards the response.
 */
export class Front {
  #server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 }, (req, res) => void this.#handle(req, res));
  #agent = new Agent({ keepAlive: true, timeout: 30_000 });
  #faults;
  #hooks;
  #backend;

  /**
   * @param {import('./faults.js').Faults} faults
   * @param {(event: {type: string, path: string, contentType?: string}) => void | Promise<void>} hooks
   * @param {() => Promise<number>} backend the port of the jar, once it serves
   */
  constructor(faults, hooks, backend) {
    this.#faults = faults;
    this.#hooks = hooks;
    this.#backend = backend;
  }

  /** Listens, and returns the port. */
  listen(port, host) {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => resolve(this.#server.address().port));
    });
  }

  /** Stops listening, and ends what is under way. */
  close() {
    this.#agent.destroy();
    return new Promise(resolve => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #handle(req, res) {
    try {
      const path = new URL(req.url, 'http://front').pathname;
      if (path === CONTROL_PATH) {
        await this.#control(req, res);
        return;
      }
      const fault = this.#faults.take(path, req.method);
      if (fault) {
        await delay(fault);
        if (fault.dropConnection) {
          res.socket?.destroy();
          return;
        }
        if (fault.status !== undefined) {
          answerFault(req, res, fault);
          return;
        }
      }
      this.#forward(req, res, path, fault, await this.#backend());
    } catch (error) {
      fail(res, error);
    }
  }

  async #control(req, res) {
    if (req.method === 'DELETE') {
      this.#faults.clear();
    } else if (req.method === 'POST') {
      try {
        const { path, fault } = parseFault((await readAll(req, CONTROL_BODY_BYTES_MAX)).toString('utf8'));
        this.#faults.inject(path, fault);
      } catch (error) {
        answer(res, 400, 'text/plain', error.message);
        return;
      }
    } else {
      answer(res, 405, 'text/plain', 'Method not allowed');
      return;
    }
    answer(res, 200, 'application/json', '{"ok":true}');
  }

  #forward(req, res, path, fault, port) {
    const out = request({
      host: '127.0.0.1',
      port,
      agent: this.#agent,
      method: req.method,
      path: req.url,
      headers: requestHeaders(req),
    });
    res.once('close', () => out.destroy());
    out.once('error', error => fail(res, error));
    out.once('response', response => {
      this.#respond(req, res, response, path, fault).catch(error => fail(res, error));
    });
    req.pipe(out);
  }

  async #respond(req, res, response, path, fault) {
    if (req.method === 'PUT' && response.statusCode === 201) {
      await this.#hooks({ type: 'created', path, contentType: response.headers['content-type'] });
    } else if (req.method === 'DELETE' && response.statusCode === 204) {
      await this.#hooks({ type: 'deleted', path });
    }
    const events = response.headers['content-type'] === 'text/event-stream';
    const read = req.method === 'GET' && response.statusCode === 200;
    res.sendDate = false;
    if (read && !events && changesBody(fault)) {
      const body = changed(await readAll(response, FAULT_BODY_BYTES_MAX), fault);
      const headers = responseHeaders(response, new Set(['content-length', 'transfer-encoding']));
      res.writeHead(response.statusCode, response.statusMessage, [...headers, 'Content-Length', `${body.length}`]);
      res.end(body);
      return;
    }
    res.writeHead(response.statusCode, response.statusMessage, responseHeaders(response, new Set()));
    res.flushHeaders();
    if (read && events && fault?.injectSseEvent) {
      res.write(`event: ${fault.injectSseEvent.eventType}\ndata: ${fault.injectSseEvent.data}\n\n`);
    }
    // A body that ends early must end early for the client, too.
    response.once('error', () => res.destroy());
    response.once('aborted', () => res.destroy());
    response.pipe(res);
  }
}

function requestHeaders(req) {
  const headers = kept(req.rawHeaders, HOP_BY_HOP);
  const sized = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
  if (!sized && (req.method === 'POST' || req.method === 'PUT')) {
    headers.push('Content-Length', '0');
  }
  return headers;
}

function responseHeaders(response, without) {
  const headers = kept(response.rawHeaders, new Set([...HOP_BY_HOP, ...without]));
  if (response.headers.connection?.toLowerCase() === 'close') {
    headers.push('Connection', 'close');
  }
  return headers;
}

/** The names and values of a message, in their order, without some. */
function kept(rawHeaders, without) {
  const result = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!without.has(rawHeaders[i].toLowerCase())) {
      result.push(rawHeaders[i], rawHeaders[i + 1]);
    }
  }
  return result;
}

async function readAll(stream, bytesMax) {
  const parts = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    if (bytes > bytesMax) {
      throw new Error(`the body has more than ${bytesMax} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function answerFault(req, res, fault) {
  req.resume();
  const headers = fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) };
  answer(res, fault.status, 'text/plain', 'Injected error for testing', headers);
}

function answer(res, status, contentType, text, headers = {}) {
  res.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(text),
    'Access-Control-Allow-Origin': '*',
    ...headers,
  });
  res.end(text);
}

/** Answers a request that cannot be forwarded, or ends the connection of a response that has begun. */
function fail(res, error) {
  if (res.destroyed || res.writableEnded) {
    return;
  }
  if (res.headersSent) {
    res.destroy();
    return;
  }
  answer(res, 502, 'text/plain', `the server behind the test server did not answer: ${error.message}`);
}
