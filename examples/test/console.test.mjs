/** The console of the packaged server, as a person uses it in a browser. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { openBrowser, openContext, selfSigned, StreamServer, until } from './support.mjs';

let server;
let browser;
let context;
let faults;

before(async () => {
  server = await StreamServer.started('--admin-listen', '127.0.0.1:0', '--durability', 'os');
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

beforeEach(async () => {
  context = await openContext(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  faults = [];
});

afterEach(async () => {
  await context.close();
  assert.deepEqual(faults, [], 'faults of the page');
});

async function open(path = '', { base = server.url } = {}) {
  const page = await context.newPage();
  page.on('pageerror', error => faults.push(error.message));
  page.on('console', message => /Content.Security.Policy/.test(message.text()) && faults.push(message.text()));
  await page.goto(new URL(`/console/#/${path}`, base).href);
  return page;
}

const at = path => new URL(`/v1/stream/${path}`, server.url);

async function create(path, body = '', type = 'application/json') {
  const response = await fetch(at(path), { method: 'PUT', headers: { 'Content-Type': type }, body });
  assert.equal(response.status, 201);
}

async function append(path, body, type = 'application/json') {
  const response = await fetch(at(path), { method: 'POST', headers: { 'Content-Type': type }, body });
  assert.equal(response.status, 204);
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const inDialog = (page, name) => page.locator('dialog').getByRole('button', { name, exact: true }).click();
const state = (page, name) => page.waitForSelector(`stream-view .status[data-state=${name}]`);
const message = (page, text) => page.locator('#messages .row', { hasText: text }).first();
const messages = page => page.locator('#messages .row .value').allTextContents();

test('a stream is created, written, followed, forked at a message, closed and deleted', async () => {
  const page = await open();
  await press(page, 'New');
  await page.fill('dialog [name=path]', 'life/one');
  await page.fill('dialog [name=ttl]', '600');
  await page.fill('dialog [name=maxMessages]', '1000');
  await inDialog(page, 'Create');
  await state(page, 'live');
  assert.match(await page.textContent('stream-view .facts'), /application\/json.*600 s.*1000/);

  await press(page, 'Append');
  await page.fill('dialog [name=text]', '[{"n":1},{"n":12345678901234567890}]');
  await inDialog(page, 'Append');
  await message(page, '{"n":12345678901234567890}').waitFor();
  await append('life/one', '{"n":3}');
  await message(page, '{"n":3}').waitFor();
  const tail = (await fetch(at('life/one'), { method: 'HEAD' })).headers.get('Stream-Next-Offset');
  assert.equal(await page.textContent('.facts [data-name=tail] dd'), tail);

  await message(page, '{"n":1}').click();
  assert.match(await page.textContent('message-view pre'), /^\{\n {2}"n": 1\n\}$/);
  await press(page, 'Fork after it');
  await page.fill('dialog [name=path]', 'life/fork');
  await inDialog(page, 'Fork');
  await page.getByRole('heading', { name: 'life/fork' }).waitFor();
  await message(page, '{"n":1}').waitFor();
  assert.deepEqual(await messages(page), ['{"n":1}']);

  await press(page, 'Close');
  await inDialog(page, 'Close');
  await state(page, 'closed');
  await press(page, 'Append');
  await page.fill('dialog [name=text]', '4');
  await inDialog(page, 'Append');
  await page.getByText('is closed and accepts no more appends (409 stream_closed)').waitFor();
  await inDialog(page, 'Cancel');

  await press(page, 'Delete');
  await inDialog(page, 'Delete');
  await page.getByText('Choose a stream, or create one.').waitFor();
  assert.equal((await fetch(at('life/fork'))).status, 404);
});

test('metadata is shown and changed, unless it was changed meanwhile', async () => {
  await create('meta', '[1]');
  const page = await open('meta');
  await state(page, 'live');
  const fact = name => page.locator(`.facts [data-name="${name}"] dd`);
  assert.match(await fact('last append').textContent(), /^\d{4}-\d\d-\d\dT/);
  const tag = await fact('metadata tag').textContent();

  await press(page, 'Change');
  await page.fill('dialog [name=ttl]', '900');
  await page.fill('dialog [name=maxMessages]', '50');
  await inDialog(page, 'Change');
  await fact('expires after').getByText('900 s').waitFor();
  assert.equal(await fact('keeps messages').textContent(), '50');
  assert.notEqual(await fact('metadata tag').textContent(), tag);

  await press(page, 'Change');
  await page.fill('dialog [name=ttl]', '');
  await fetch(at('meta'), { method: 'PATCH', headers: { 'Stream-Retention-Max-Bytes': '1000000' } });
  await inDialog(page, 'Change');
  await page.locator('dialog').getByText('(412 metadata_mismatch)').waitFor();
  await inDialog(page, 'Cancel');
  await press(page, 'Pause');
  await press(page, 'Follow');
  await fact('keeps bytes').waitFor();
  await press(page, 'Change');
  await page.fill('dialog [name=ttl]', '');
  await inDialog(page, 'Change');
  await fact('expires after').waitFor({ state: 'detached' });
  assert.equal((await fetch(at('meta'), { method: 'HEAD' })).headers.get('Stream-TTL'), null);
});

test('the streams in which the server keeps its state are not in the list', async () => {
  await create('reserved/a', '[1]');
  await fetch(at('__ds/subscriptions/hidden'), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ type: 'webhook', pattern: 'reserved/*', webhook: { url: 'https://worker.example/' } }),
  });
  const page = await open();
  await page.locator('#streams .row', { hasText: 'reserved/' }).waitFor();
  assert.equal(await page.locator('#streams .row', { hasText: '__ds' }).count(), 0);
});

test('a file is appended to a stream of bytes, and shown as bytes', async () => {
  await create('bytes', '', 'application/octet-stream');
  const page = await open('bytes');
  await state(page, 'live');
  await press(page, 'Append');
  await page.setInputFiles('dialog [name=file]', {
    name: 'some.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from([0, 1, 254, 65]),
  });
  await inDialog(page, 'Append');

  await message(page, '00 01 fe 41').click();
  assert.match(await page.textContent('message-view pre'), /^000000 {2}00 01 fe 41 +\.\.\.A/);
});

test('text that would be markup is shown as text', async () => {
  await create('markup', '<img src=x onerror=alert(1)>\n</script>', 'text/html');
  const page = await open('markup');

  await message(page, '<img src=x onerror=alert(1)>').waitFor();
  assert.equal(await page.locator('#messages img').count(), 0);
});

test('the commands of curl do the same as the console', async () => {
  const page = await open();
  await press(page, 'New');
  await page.fill('dialog [name=path]', "curl/it's");
  await inDialog(page, 'Copy as curl');
  const run = async () => {
    const command = await page.evaluate(() => navigator.clipboard.readText());
    return execFileSync('bash', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  };
  assert.match(await run(), /^HTTP\/1.1 201 /);
  await inDialog(page, 'Cancel');

  await page.goto(new URL("/console/#/curl/it's", server.url).href);
  await state(page, 'live');
  await press(page, 'Append');
  await page.fill('dialog [name=text]', '{"it\'s":"\\n"}');
  await inDialog(page, 'Copy as curl');
  assert.match(await run(), /^HTTP\/1.1 204 /);
  await inDialog(page, 'Cancel');
  await message(page, '{"it\'s":"\\n"}').waitFor();
});

test('a stream of a gigabyte opens in a second', async () => {
  const chunk = JSON.stringify(Array.from({ length: 16_384 }, (_, n) => ({ n, text: 'x'.repeat(1_000) })));
  await create('large');
  for (let written = 0; written < 2 ** 30; written += chunk.length) {
    await append('large', chunk);
  }
  await append('large', '{"last":true}');
  const page = await open();
  await page.locator('stream-tree').waitFor();

  const times = [];
  for (let round = 0; round < 3; round++) {
    await page.evaluate(() => (location.hash = '/'));
    await page.getByText('Choose a stream, or create one.').waitFor();
    const started = performance.now();
    await page.evaluate(() => (location.hash = '/large'));
    await message(page, '{"last":true}').waitFor();
    await state(page, 'live');
    times.push(Math.round(performance.now() - started));
  }
  console.log(`opened in ${times} ms`);
  assert.ok(Math.min(...times) < 1_000, `opened in ${times} ms`);
  await page.locator('#messages').press('ArrowUp');
  await page.locator('#messages').press('Home');
  await until('older messages are loaded', () => message(page, '"n":16').isVisible());
  await press(page, 'Beginning');
  await message(page, '{"n":0,').waitFor();
});

test('a stream with 10,000 messages a second is followed without freezing', async () => {
  await create('fast');
  const page = await open('fast');
  await state(page, 'live');
  await page.evaluate(() => {
    window.longest = 0;
    let last = performance.now();
    const frame = now => {
      window.longest = Math.max(window.longest, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });

  const started = performance.now();
  let sent = 0;
  while (performance.now() - started < 5_000) {
    const due = Math.floor((performance.now() - started) * 10);
    if (due > sent) {
      await append('fast', JSON.stringify(Array.from({ length: due - sent }, (_, n) => ({ n: sent + n, text: 'x'.repeat(100) }))));
      sent = due;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  await append('fast', '{"last":true}');
  await message(page, '{"last":true}').waitFor();

  const longest = await page.evaluate(() => window.longest);
  console.log(`${sent} messages, longest frame ${Math.round(longest)} ms`);
  assert.ok(sent > 45_000, `${sent} messages`);
  assert.ok(longest < 1_000, `a frame took ${longest} ms`);
  assert.ok((await page.locator('#messages .row').count()) < 200);
});

/** Creates streams with the names 000000, 000001 and so on below a path, by requests in a row on one connection. */
async function createMany(below, count) {
  const { host, hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let created = 0;
  let rest = '';
  socket.on('data', bytes => {
    const responses = (rest + bytes.toString('latin1')).split('HTTP/1.1 201 ');
    created += responses.length - 1;
    rest = responses.at(-1).slice(-16);
  });
  for (let n = 0; n < count; n++) {
    const name = String(n).padStart(6, '0');
    const isTaken = socket.write(`PUT /v1/stream/${below}${name} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`);
    if (!isTaken) {
      await once(socket, 'drain');
    }
  }
  await until('the streams are created', () => created === count);
  socket.destroy();
}

test('a hundred thousand streams are listed page by page, and found by the beginning of their paths', async () => {
  await createMany('many/', 100_000);
  const page = await open();
  const row = text => page.locator('#streams .row', { hasText: text }).first();
  await row('many/').click();
  const started = performance.now();
  await row('000000').waitFor();
  console.log(`opened the folder in ${Math.round(performance.now() - started)} ms`);

  await page.evaluate(() => {
    const scroll = () => {
      document.querySelector('#streams').scrollTo(0, 1e9);
      requestAnimationFrame(scroll);
    };
    scroll();
  });
  await row('099999').waitFor();
  console.log(`scrolled through the folder in ${Math.round(performance.now() - started)} ms`);
  assert.ok((await page.locator('#streams .row').count()) < 200);

  await page.fill('[type=search]', 'many/05432');
  await row('054321').click();
  await page.getByRole('heading', { name: 'many/054321' }).waitFor();
});

test('a stream is found, read and written by keyboard', async () => {
  await create('keys/a', '[{"n":1},{"n":2}]');
  const page = await open();
  await page.locator('#streams .row', { hasText: 'keys/' }).waitFor();
  await page.fill('[type=search]', 'keys/');
  await page.locator('#streams [title="keys/a"]').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'keys/a' }).waitFor();

  await page.focus('#messages');
  await message(page, '{"n":2}').waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  assert.match(await page.textContent('message-view pre'), /"n": 2/);
  await page.getByRole('button', { name: 'Append', exact: true }).press('Enter');
  await page.keyboard.type('{"n":3}');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await message(page, '{"n":3}').waitFor();
});

test('a server that is killed is shown as unreachable, and followed again after its restart', async () => {
  await create('restart', '[1]');
  const page = await open('restart');
  await state(page, 'live');
  await server.kill();
  await state(page, 'reconnecting');
  assert.match(await page.textContent('stream-view .problem'), /The server does not respond/);
  await press(page, 'Append');
  await page.fill('dialog [name=text]', '2');
  await inDialog(page, 'Append');
  await page.locator('dialog').getByText('The server does not respond').waitFor();

  await server.start();
  await state(page, 'live');
  await inDialog(page, 'Append');

  await message(page, '2').waitFor();
  assert.equal(await page.isVisible('stream-view > .problem'), false);
});

test('a token is sent with each request, kept in the tab only, and not part of commands', async () => {
  const guarded = await StreamServer.guarded('allow ada read,create,append **');
  try {
    const page = await open('secret', { base: guarded.url });
    await page.getByText('(401 unauthenticated)').first().waitFor();
    await page.getByRole('button', { name: 'Token…' }).click();
    await page.fill('dialog input', guarded.secret);
    await inDialog(page, 'Use');
    await page.getByText('(404 stream_not_found)').waitFor();
    await press(page, 'New');
    await page.fill('dialog [name=path]', 'secret/a');
    await inDialog(page, 'Copy as curl');
    const command = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(command, /Authorization: Bearer \$TOKEN/);
    assert.ok(!command.includes(guarded.secret));
    await inDialog(page, 'Create');
    await state(page, 'live');

    assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
    const other = await open('secret/a', { base: guarded.url });
    await other.getByText('(401 unauthenticated)').first().waitFor();
  } finally {
    await guarded.close();
  }
});

test('over TLS the console and the streams use one connection of HTTP/2', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'streamkeeper-console-'));
  const secure = await StreamServer.started('--admin-listen', '127.0.0.1:0', ...selfSigned(folder));
  try {
    await context.close();
    context = await openContext(browser, { ignoreHTTPSErrors: true });
    const page = await open('', { base: secure.url });
    await press(page, 'New');
    await page.fill('dialog [name=path]', 'tls');
    await inDialog(page, 'Create');
    await state(page, 'live');
    await press(page, 'Append');
    await page.fill('dialog [name=text]', '{"over":"h2"}');
    await inDialog(page, 'Append');
    await message(page, '{"over":"h2"}').waitFor();

    const protocols = await page.evaluate(() => performance.getEntriesByType('resource').map(each => each.nextHopProtocol));
    assert.deepEqual([...new Set(protocols)], ['h2']);
  } finally {
    await secure.close();
    await rm(folder, { recursive: true });
  }
});

test('a missing stream is shown with the message of the server', async () => {
  const page = await open('no/such');
  await page.getByText('stream "no/such" does not exist (404 stream_not_found)').waitFor();
});

test('the listener for administration has live charts', async () => {
  await create('charts');
  const page = await open('', { base: server.adminUrl });
  await until('a chart has values', async () => /\d/.test(await page.locator('.chart b').first().textContent()));
  await until('appends are counted', async () => {
    await append('charts', '{}');
    return (await page.locator('.chart', { hasText: 'Appends' }).locator('b').textContent()) !== '0.0/s';
  });
  assert.ok((await page.locator('.chart polyline').first().getAttribute('points')).includes(' '));
});

/** A port that is free at this moment. */
async function freePort() {
  const socket = createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

test('the listener for administration of a member shows the members of its cluster', async () => {
  const cluster = `n1=127.0.0.1:${await freePort()}`;
  const flags = ['--admin-listen', '127.0.0.1:0', '--cluster', cluster, '--cluster-self', 'n1', '--cluster-create'];
  const member = await StreamServer.started(...flags);
  try {
    const page = await open('', { base: member.adminUrl });
    const row = page.locator('cluster-members tr[data-member=n1]');
    await row.waitFor();
    await until('it leads', async () => (await row.textContent()).includes('leader'));
    assert.match(await page.locator('cluster-members [data-name=Leader]').textContent(), /n1, since 20/);
    const plain = await open('', { base: server.adminUrl });
    await until('a chart has values', async () => /\d/.test(await plain.locator('.chart b').first().textContent()));
    assert.equal(await plain.locator('cluster-members').isVisible(), false);
  } finally {
    await member.close();
  }
});
