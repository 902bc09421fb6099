import { DurableStreamTestServer } from '../src/index.js';

/** Starts a server on a free port that is stopped when the test ends. */
export async function serve(t, options = {}) {
  const server = new DurableStreamTestServer({ port: 0, ...options });
  await server.start();
  t.after(() => server.stop());
  return server;
}

/** Creates a text stream, with content if given, and returns its URL. */
export async function create(server, path, body = undefined, contentType = 'text/plain') {
  const url = server.url + path;
  const response = await fetch(url, { method: 'PUT', headers: { 'Content-Type': contentType }, body });
  await response.text();
  if (response.status !== 201) {
    throw new Error(`PUT ${url}: ${response.status}`);
  }
  return url;
}

export async function append(url, body, contentType = 'text/plain') {
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': contentType }, body });
  await response.text();
  return response.status;
}

/** Reads an event stream until `text` has arrived, and returns what came. */
export async function readUntil(url, text) {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  let received = '';
  const decoder = new TextDecoder();
  for await (const part of response.body) {
    received += decoder.decode(part, { stream: true });
    if (received.includes(text)) {
      break;
    }
  }
  abort.abort();
  return received;
}
