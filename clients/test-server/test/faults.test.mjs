import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistryHooks } from '../src/index.js';
import { append, create, readUntil, serve } from './support.mjs';

test('a status is returned as often as the count says, to its path only', async t => {
  const server = await serve(t);
  const url = await create(server, '/faulty', 'ok');
  const other = await create(server, '/other', 'ok');
  server.injectFault('/faulty', { status: 503, count: 2, retryAfter: 7 });
  assert.equal((await fetch(other)).status, 200);
  for (let i = 0; i < 2; i += 1) {
    const response = await fetch(url);
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '7');
  }
  assert.equal((await fetch(url)).status, 200);
  server.injectError('/faulty', 500);
  assert.equal((await fetch(url)).status, 500);
  assert.equal((await fetch(url)).status, 200);
});

test('a fault of one method leaves the others, and clearInjectedFaults all', async t => {
  const server = await serve(t);
  const url = await create(server, '/faulty', 'ok');
  server.injectFault('/faulty', { status: 500, method: 'POST', count: 5 });
  assert.equal((await fetch(url)).status, 200);
  assert.equal(await append(url, 'x'), 500);
  server.clearInjectedFaults();
  assert.equal(await append(url, 'x'), 204);
});

test('a dropped connection fails the request, and the append is not executed', async t => {
  const server = await serve(t);
  const url = await create(server, '/faulty', 'ok');
  server.injectFault('/faulty', { dropConnection: true });
  await assert.rejects(append(url, 'x'));
  assert.equal(await (await fetch(url)).text(), 'ok');
});

test('a body is truncated or corrupted', async t => {
  const server = await serve(t);
  const url = await create(server, '/faulty', '[1,2,3]', 'application/json');
  server.injectFault('/faulty', { truncateBodyBytes: 3 });
  assert.equal(await (await fetch(url)).text(), '[1,');
  server.injectFault('/faulty', { corruptBody: true });
  await assert.rejects((await fetch(url)).json());
  assert.deepEqual(await (await fetch(url)).json(), [1, 2, 3]);
});

test('a response is delayed by at least the time that the fault says', async t => {
  const server = await serve(t);
  const url = await create(server, '/faulty', 'ok');
  server.injectFault('/faulty', { delayMs: 200 });
  const start = performance.now();
  assert.equal((await fetch(url)).status, 200);
  assert.ok(performance.now() - start >= 190);
});

test('an event is injected before the events of the stream', async t => {
  const server = await serve(t);
  const url = await create(server, '/faulty', 'ok');
  server.injectFault('/faulty', { injectSseEvent: { eventType: 'unknown', data: 'surprise' } });
  assert.match(await readUntil(`${url}?offset=-1&live=sse`, 'data:ok'), /^event: unknown\ndata: surprise\n\n/);
});

test('a fault that does nothing, or that is not known, is refused', async t => {
  const server = await serve(t);
  assert.throws(() => server.injectFault('/x', { count: 1 }), /at least one fault type/);
  assert.throws(() => server.injectFault('/x', { state: 500 }), /unknown fields state/);
});

test('another process injects faults through the control path', async t => {
  const server = await serve(t);
  const url = await create(server, '/faulty', 'ok');
  const control = (method, body) => fetch(`${server.url}/_test/inject-error`, { method, body });
  assert.equal((await control('POST', '{"path":"/faulty","status":502,"count":9}')).status, 200);
  assert.equal((await fetch(url)).status, 502);
  assert.equal((await control('DELETE')).status, 200);
  assert.equal((await fetch(url)).status, 200);
  assert.equal((await control('POST', '{"path":"/faulty"}')).status, 400);
  assert.equal((await control('POST', '{')).status, 400);
  assert.equal((await control('GET')).status, 405);
});

test('hooks are called once for each creation and deletion, before the response', async t => {
  const events = [];
  const server = await serve(t, {
    onStreamCreated: event => void events.push(event),
    onStreamDeleted: async event => void events.push(event),
  });
  const url = await create(server, '/hooked', 'x');
  assert.equal((await fetch(url, { method: 'PUT', headers: { 'Content-Type': 'text/plain' } })).status, 200);
  assert.equal((await fetch(url, { method: 'DELETE' })).status, 204);
  assert.equal((await fetch(url, { method: 'DELETE' })).status, 404);
  assert.deepEqual(
    events.map(({ type, path, contentType }) => ({ type, path, contentType })),
    [
      { type: 'created', path: '/hooked', contentType: 'text/plain' },
      { type: 'deleted', path: '/hooked', contentType: undefined },
    ]
  );
  assert.ok(Math.abs(events[0].timestamp - Date.now()) < 60_000);
});

test('the hooks of the registry append creations and deletions in their order', async t => {
  const server = await serve(t);
  Object.assign(server.options, createRegistryHooks(server.store, server.url));
  await create(server, '/v1/stream/listed', undefined, 'application/json');
  await fetch(`${server.url}/v1/stream/listed`, { method: 'DELETE' });
  const changes = await (await fetch(`${server.url}/v1/stream/__registry__`)).json();
  assert.equal(changes.length, 2);
  assert.equal(changes[0].type, 'stream');
  assert.equal(changes[0].key, 'listed');
  assert.equal(changes[0].value.path, 'listed');
  assert.equal(changes[0].value.contentType, 'application/json');
  assert.deepEqual(
    changes.map(change => change.headers.operation),
    ['insert', 'delete']
  );
});
