/** The shared reader and writer over connections that break at any byte; SEED repeats a run. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { events, follow } from '../shared/reader.mjs';
import { StreamError } from '../shared/requests.mjs';
import { createStream, Producer } from '../shared/writer.mjs';
import { StreamServer } from './support.mjs';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const MESSAGES = 400;
const BREAKS_MAX = 8;

let server;
let random;

before(async () => {
  server = await StreamServer.started();
  random = generator(SEED);
  console.log(`SEED=${SEED}`);
});

after(() => server?.close());

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A proxy to the server, which breaks its first connections after a random number of bytes in both directions. */
async function breakingProxy() {
  const sockets = new Set();
  let accepted = 0;
  let broken = 0;
  const proxy = createServer(client => {
    const target = connect(new URL(server.url).port, '127.0.0.1');
    let remaining = accepted++ < BREAKS_MAX ? 100 + Math.floor(random() * 10_000) : Infinity;
    const pass = (from, to) => {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => to.destroy());
      from.on('data', bytes => {
        to.write(bytes.subarray(0, Math.max(remaining, 0)));
        remaining -= bytes.length;
        if (remaining <= 0) {
          broken++;
          to.destroySoon();
          from.destroy();
        }
      });
    };
    pass(client, target);
    pass(target, client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    brokenCount: () => broken,
    close() {
      sockets.forEach(socket => socket.destroy());
      proxy.close();
    },
  };
}

const at = (base, name) => new URL(`/v1/stream/${name}`, base);

async function newStream(headers) {
  const name = `test/${randomUUID()}`;
  await createStream(at(server.url, name), { headers });
  return name;
}

const messages = () =>
  Array.from({ length: MESSAGES }, (_, n) => ({ n, text: `naïve\r\n🚇 ${n}`.repeat(1 + (n % 7)) }));

async function readAll(url, options) {
  const read = [];
  for await (const batch of follow(url, options)) {
    read.push(...batch.messages);
  }
  return read;
}

for (const live of ['sse', 'long-poll']) {
  test(`a reader by ${live} gets every message once over connections that break at any byte`, async () => {
    const name = await newStream();
    const proxy = await breakingProxy();
    const producer = new Producer(at(server.url, name), { id: 'p' });
    const reading = readAll(at(proxy.url, name), { live });
    for (const message of messages()) {
      producer.append(message);
      await producer.flush();
    }
    await producer.close();

    assert.deepEqual(await reading, messages());
    assert.ok(proxy.brokenCount() > 3, `${proxy.brokenCount()} connections were broken`);
    proxy.close();
  });
}

test('a producer writes every message once over connections that break at any byte', async () => {
  const name = await newStream();
  const proxy = await breakingProxy();
  const producer = new Producer(at(proxy.url, name), { id: 'p' });
  for (const message of messages()) {
    producer.append(message);
    await (random() < 0.5 ? producer.flush() : null);
  }
  await producer.close();

  assert.deepEqual(await readAll(at(server.url, name)), messages());
  assert.ok(proxy.brokenCount() > 3, `${proxy.brokenCount()} connections were broken`);
  proxy.close();
});

test('events are the same in fragments of any size', async () => {
  const text = [
    'event: data\ndata:[{"a":"é🚇"}]\nid: 1\n\n',
    ': comment\r\n\r\nevent: control\r\ndata: {"x":\r\ndata: 1}\r\n\r\n',
    'event: cut',
  ].join('');
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size <= bytes.length; size++) {
    const found = [];
    for await (const event of events(fragments(bytes, size))) {
      found.push(event);
    }
    assert.deepEqual(
      found.filter(event => event.type !== ''),
      [
        { type: 'data', data: '[{"a":"é🚇"}]' },
        { type: 'control', data: '{"x":\n1}' },
      ],
    );
  }
});

function fragments(bytes, size) {
  let start = 0;
  return new ReadableStream({
    pull(controller) {
      start < bytes.length ? controller.enqueue(bytes.slice(start, (start += size))) : controller.close();
    },
  });
}

test('a reader that retention has overtaken gets a gap and continues after it', async () => {
  const name = await newStream({ 'Stream-Retention-Max-Messages': '2' });
  const url = at(server.url, name);
  const beginning = (await fetch(url, { method: 'HEAD' })).headers.get('Stream-Next-Offset');
  const producer = new Producer(url, { id: 'p' });
  for (let n = 0; n < 10; n++) {
    producer.append({ n });
    await producer.flush();
  }
  await producer.close();

  const batches = [];
  for await (const batch of follow(url, { offset: beginning })) {
    batches.push(batch);
  }

  assert.equal(batches[0].gap, true);
  assert.deepEqual(batches.flatMap(batch => batch.messages).slice(-2), [{ n: 8 }, { n: 9 }]);
});

test('a missing stream is an error, not a reason to retry', async () => {
  await assert.rejects(
    readAll(at(server.url, 'test/nothing')),
    error => error instanceof StreamError && error.status === 404,
  );
});

test('a producer whose stream is closed by another producer rejects', async () => {
  const url = at(server.url, await newStream());
  await new Producer(url, { id: 'p' }).close();
  const late = new Producer(url, { id: 'q' });
  late.append({ n: 1 });

  await assert.rejects(late.flush(), error => error instanceof StreamError && error.status === 409);
});
