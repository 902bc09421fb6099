/**
 * Receives the webhooks of a server, and prints what is new in the streams. It needs Node.js only, 22.18 or newer, which
 * runs TypeScript:
 *
 *   node examples/webhook/receiver.ts http://localhost:4437/v1/stream/ 4440
 */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webcrypto } from 'node:crypto';

interface Link {
  path: string;
  acked_offset: string;
  tail_offset: string;
}

interface Wake {
  subscription_id: string;
  wake_id: string;
  generation: number;
  streams: Link[];
  callback_url: string;
  callback_token: string;
}

interface Jwk {
  kid: string;
  kty: string;
  crv: string;
  x: string;
}

const WINDOW_SECONDS = 300;
const BODY_BYTES_MAX = 4 << 20;

/** The public keys of a server: requested again after five minutes, and for an unknown key, at most every ten seconds. */
class Keys {
  private readonly url: URL;
  private keys = new Map<string, webcrypto.CryptoKey>();
  private requestedAt = -Infinity;

  constructor(root: URL) {
    this.url = new URL('__ds/jwks.json', root);
  }

  async get(kid: string): Promise<webcrypto.CryptoKey | undefined> {
    const age = performance.now() - this.requestedAt;
    if (age > 300_000 || (age > 10_000 && !this.keys.has(kid))) {
      this.requestedAt = performance.now();
      // While the server does not answer, the known keys stay.
      await this.request().catch(error => console.error(`The keys cannot be read: ${error.message}`));
    }
    return this.keys.get(kid);
  }

  private async request(): Promise<void> {
    const response = await fetch(this.url, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) {
      throw new Error(`status ${response.status}`);
    }
    const { keys } = (await response.json()) as { keys: Jwk[] };
    const found = new Map<string, webcrypto.CryptoKey>();
    for (const { kid, kty, crv, x } of keys) {
      if (kty === 'OKP' && crv === 'Ed25519') {
        found.set(kid, await webcrypto.subtle.importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify']));
      }
    }
    this.keys = found;
  }
}

/** Whether the server of `keys` has signed a body, within the last minutes. */
async function isSigned(keys: Keys, header: string | string[] | undefined, body: Buffer): Promise<boolean> {
  const match = /^t=(\d{1,15}),kid=([^,]{1,128}),ed25519=([\w-]{86})$/.exec(typeof header === 'string' ? header : '');
  if (!match) {
    return false;
  }
  const [, time, kid, signature] = match;
  if (Math.abs(Date.now() / 1000 - Number(time)) > WINDOW_SECONDS) {
    return false;
  }
  const key = await keys.get(kid);
  const signed = Buffer.concat([Buffer.from(`${time}.`), body]);
  return !!key && webcrypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'base64url'), signed);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > BODY_BYTES_MAX) {
      throw new Error(`the body has more than ${BODY_BYTES_MAX} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** What is appended while it prints may come again with the next wake. */
async function print(root: URL, link: Link): Promise<void> {
  let offset = link.acked_offset;
  for (;;) {
    const url = new URL(link.path.split('/').map(encodeURIComponent).join('/'), root);
    url.searchParams.set('offset', offset);
    const response = await fetch(url);
    if (!response.ok) {
      throw new Error(`${link.path} cannot be read: status ${response.status}`);
    }
    console.log(`${link.path} ${await response.text()}`);
    offset = response.headers.get('Stream-Next-Offset') ?? offset;
    if (response.headers.get('Stream-Up-To-Date') === 'true') {
      return;
    }
  }
}

const [rootText, portText, countText] = process.argv.slice(2);
if (!rootText || !portText) {
  console.error('usage: receiver.ts URL PORT [COUNT], such as http://localhost:4437/v1/stream/ 4440');
  process.exit(2);
}
const root = new URL(rootText);
const keys = new Keys(root);
let left = countText ? Number(countText) : Infinity;

const server = createServer(async (request, response) => {
  try {
    const body = await bodyOf(request);
    if (!(await isSigned(keys, request.headers['webhook-signature'], body))) {
      response.writeHead(401).end();
      return;
    }
    const wake = JSON.parse(body.toString()) as Wake;
    for (const link of wake.streams) {
      await print(root, link);
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"done":true}');
    if (--left === 0) {
      server.close();
      server.closeIdleConnections();
    }
  } catch (error) {
    console.error((error as Error).message);
    // The server sends the wake again.
    response.writeHead(500).end();
  }
});
server.listen(Number(portText), '127.0.0.1', () => {
  console.log(`Receiving at http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
