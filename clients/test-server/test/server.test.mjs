import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DurableStreamTestServer } from '../src/index.js';
import { append, create, readUntil, serve } from './support.mjs';

test('a stream may have any path, and is served as it is written', async t => {
  const server = await serve(t);
  const url = await create(server, '/any/path', 'one');
  assert.equal(await append(url, ' two'), 204);

  const response = await fetch(url);

  assert.equal(response.headers.get('stream-up-to-date'), 'true');
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  assert.equal(await response.text(), 'one two');
});

test('bodies of megabytes pass unchanged, sized or chunked', async t => {
  const server = await serve(t);
  const url = await create(server, '/large', undefined, 'application/octet-stream');
  const first = randomBytes(3_000_000);
  const second = randomBytes(3_000_000);
  assert.equal(await append(url, first, 'application/octet-stream'), 204);
  const chunked = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/octet-stream' },
    body: new Blob([second]).stream(),
    duplex: 'half',
  });
  assert.equal(chunked.status, 204);

  const read = Buffer.from(await (await fetch(url)).arrayBuffer());

  assert.ok(read.equals(Buffer.concat([first, second])));
});

test('a close without a body, HEAD, DELETE and a conditional read pass', async t => {
  const server = await serve(t);
  const url = await create(server, '/closed', 'all');
  const etag = (await fetch(url)).headers.get('etag');
  assert.equal((await fetch(url, { headers: { 'If-None-Match': etag } })).status, 304);
  assert.equal((await fetch(url, { method: 'POST', headers: { 'Stream-Closed': 'true' } })).status, 204);
  assert.equal((await fetch(url, { method: 'HEAD' })).headers.get('stream-closed'), 'true');
  assert.equal((await fetch(url, { method: 'DELETE' })).status, 204);
  assert.equal((await fetch(url)).status, 404);
});

test('Location names the host and port of the request', async t => {
  const server = await serve(t, { host: 'localhost' });
  const response = await fetch(`${server.url}/located`, { method: 'PUT' });
  assert.equal(response.headers.get('location'), `${server.url}/located`);
});

test('an append wakes a long-poll and an event stream', async t => {
  const server = await serve(t);
  const url = await create(server, '/live');
  const poll = fetch(`${url}?offset=now&live=long-poll`).then(response => response.text());
  const events = readUntil(`${url}?offset=-1&live=sse`, 'data:news');
  // The long-poll may begin after an append: so append until it has got one.
  let polled;
  poll.then(text => (polled = text));
  while (polled === undefined) {
    assert.equal(await append(url, 'news'), 204);
  }
  assert.match(polled, /^news/);
  assert.match(await events, /event: data\ndata:news/);
});

test('a long-poll without data ends after longPollTimeout', async t => {
  const server = await serve(t, { longPollTimeout: 100 });
  const url = await create(server, '/quiet');
  assert.equal((await fetch(`${url}?offset=now&live=long-poll`)).status, 204);
});

for (const direct of [false, true]) {
  test(`clear removes all streams, ${direct ? 'direct' : 'through the proxy, also without await'}`, async t => {
    const server = await serve(t, { direct });
    const url = await create(server, '/cleared', 'x');
    const cleared = server.clear();
    if (direct) {
      await cleared;
    }
    assert.equal((await fetch(url)).status, 404);
    await create(server, '/cleared', 'y');
    await cleared;
  });
}

test('streams survive a restart with dataDir, and clear removes them there, too', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'test-server-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const first = await serve(t, { dataDir });
  await create(first, '/kept', 'kept');
  await first.stop();
  const second = await serve(t, { dataDir });
  assert.equal(await (await fetch(`${second.url}/kept`)).text(), 'kept');
  await second.clear();
  assert.equal((await fetch(`${second.url}/kept`)).status, 404);
});

test('a server that is not started has no url; one that is started does not start twice', async t => {
  const server = new DurableStreamTestServer({ port: 0 });
  assert.throws(() => server.url, /Server not started/);
  await assert.rejects(server.clear(), /Server not started/);
  await server.start();
  t.after(() => server.stop());
  await assert.rejects(server.start(), /Server already started/);
  const { url } = server;
  await server.stop();
  await server.stop();
  assert.throws(() => server.url, /Server not started/);
  await assert.rejects(fetch(url));
  await server.start();
  await create(server, '/again');
});

test('a flag reaches the server, and a wrong one fails the start with its message', async t => {
  const server = await serve(t, { flags: ['--max-body', '10'] });
  const url = await create(server, '/small');
  assert.equal(await append(url, 'x'.repeat(11)), 413);
  await assert.rejects(new DurableStreamTestServer({ port: 0, flags: ['--no-such'] }).start(), /--no-such/);
});

test('what cannot be offered throws an error that says so', async t => {
  for (const [options, message] of [
    [{ webhooks: true }, /"webhooks" is not offered/],
    [{ cursorIntervalSeconds: 5 }, /"cursorIntervalSeconds" is not offered/],
    [{ cursorEpoch: new Date() }, /"cursorEpoch" is not offered/],
    [{ longPoll: 5 }, /unknown option "longPoll"/],
    [{ direct: true, onStreamCreated: () => undefined }, /hooks need the proxy/],
  ]) {
    assert.throws(() => new DurableStreamTestServer(options), message);
  }
  const server = await serve(t, { direct: true });
  assert.throws(() => server.store.create('/x'), /store.create is not offered/);
  assert.throws(() => server.injectFault('/x', { status: 500 }), /injectFault needs the proxy/);
  await assert.rejects(new DurableStreamTestServer({ jar: '/no.jar' }).start(), /is not at \/no.jar/);
  await assert.rejects(new DurableStreamTestServer({ java: '/no/java' }).start(), /cannot be run/);
});

test('variables of the shell that configure a server do not reach it', async t => {
  process.env.DS_MAX_BODY = '1';
  t.after(() => delete process.env.DS_MAX_BODY);
  const server = await serve(t);
  assert.equal(await append(await create(server, '/free'), 'long'), 204);
});

test('the server ends with the process that has started it', async () => {
  const source = `import { DurableStreamTestServer } from ${JSON.stringify(new URL('../src/index.js', import.meta.url))};
    console.log(await new DurableStreamTestServer({ port: 0, direct: true }).start());
    process.exit(0);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  let url = '';
  child.stdout.on('data', text => (url += text));
  await once(child, 'close');
  assert.match(url, /^http:/);
  await assert.rejects(fetch(url.trim()));
});

test('a message of the state protocol has its offset', async t => {
  const server = await serve(t);
  const message = { type: 'user', key: '1', value: {}, headers: { operation: 'insert' } };
  const url = await create(server, '/state', JSON.stringify(message), 'application/json');
  const read = await fetch(url);
  const offset = read.headers.get('stream-next-offset');
  assert.deepEqual(await read.json(), [{ ...message, headers: { operation: 'insert', offset } }]);
});
