/** The subscriptions in the console of the packaged server, as a person uses them in a browser. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { openBrowser, openContext, StreamServer, until } from './support.mjs';

let server;
let browser;
let context;
let receiver;
let hook;
let faults;

/** Answers with the status that the path names, and says that the work is done unless it is 202. */
function receive(request, response) {
  request.resume().on('end', () => {
    const status = Number(request.url.slice(1));
    response.writeHead(status).end(status === 200 ? '{"done":true}' : '{}');
  });
}

before(async () => {
  receiver = createServer(receive).listen(0, '127.0.0.1');
  await until('the receiver listens', () => receiver.listening);
  hook = status => `http://127.0.0.1:${receiver.address().port}/${status}`;
  server = await StreamServer.started('--admin-listen', '127.0.0.1:0', '--durability', 'os', '--allow-local-webhooks');
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await server?.close();
  receiver?.close();
  receiver?.closeAllConnections();
});

beforeEach(async () => {
  context = await openContext(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  faults = [];
});

afterEach(async () => {
  await context.close();
  assert.deepEqual(faults, [], 'faults of the page');
});

async function open(id, { base = server.url } = {}) {
  const page = await context.newPage();
  page.on('pageerror', error => faults.push(error.message));
  page.on('console', message => /Content.Security.Policy/.test(message.text()) && faults.push(message.text()));
  await page.goto(new URL(`/console/#subscriptions${id === undefined ? '' : `/${encodeURIComponent(id)}`}`, base).href);
  return page;
}

const at = path => new URL(`/v1/stream/${path}`, server.url);

async function request(method, path, body) {
  const response = await fetch(at(path), { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response;
}

const create = (path, ...messages) => request('PUT', path, messages);
const append = (path, message) => request('POST', path, message);
const subscribe = (id, more) => request('PUT', `__ds/subscriptions/${id}`, more);
const subscription = async id => (await fetch(at(`__ds/subscriptions/${id}`))).json();

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const inDialog = (page, name) => page.locator('dialog').getByRole('button', { name, exact: true }).click();
const state = (page, name) => page.waitForSelector(`subscription-view .head .status[data-state=${name}]`);
const fact = (page, name) => page.locator(`subscription-view > .facts [data-name="${name}"] dd`);
const link = (page, path) => page.locator('#links .row', { hasText: path }).first();
const row = (page, id) => page.locator('#subscriptions .row', { hasText: id }).first();

async function runCopied(page) {
  const command = await page.evaluate(() => navigator.clipboard.readText());
  return execFileSync('bash', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

test('a subscription is created, gets streams, is replayed and deleted', async () => {
  await create('life/one', 1);
  await create('other', 1);
  const page = await open();
  await press(page, 'New');
  await page.fill('dialog [name=id]', 'life');
  await page.fill('dialog [name=url]', hook(200));
  await page.fill('dialog [name=pattern]', 'life/*');
  await page.fill('dialog [name=lease]', '20');
  await inDialog(page, 'Create');
  await state(page, 'idle');
  assert.equal(await fact(page, 'lease').textContent(), '20 s');
  await link(page, 'life/one').waitFor();
  await row(page, 'life').waitFor();

  await append('life/one', 2);
  const tail = (await fetch(at('life/one'), { method: 'HEAD' })).headers.get('Stream-Next-Offset');
  await until('the stream is acknowledged', async () => (await subscription('life')).streams[0].acked_offset === tail);
  await until('a wake is shown', async () => (await fact(page, 'generation').textContent()) === '1');

  await press(page, 'Add streams');
  await page.fill('dialog [name=streams]', ' other\n\n');
  await inDialog(page, 'Add');
  await link(page, 'other').click();
  await page.locator('.detail', { hasText: 'by name' }).waitFor();
  await press(page, 'Remove');
  await inDialog(page, 'Remove');
  await link(page, 'other').waitFor({ state: 'detached' });

  await link(page, 'life/one').click();
  await press(page, 'Replay…');
  await inDialog(page, 'Move the cursor');
  await until('the work is done again', async () => {
    const { generation, streams } = await subscription('life');
    return generation === 2 && streams[0].acked_offset === tail;
  });
  await until('it is shown', async () => (await fact(page, 'generation').textContent()) === '2');

  await press(page, 'Delete');
  await inDialog(page, 'Delete');
  await page.getByText('Choose a subscription, or create one.').waitFor();
  await row(page, 'life').waitFor({ state: 'detached' });
  assert.equal((await fetch(at('__ds/subscriptions/life'))).status, 404);
});

test('a receiver that fails is shown with its error, attempts and lag, and is idle when it works again', async () => {
  const types = { type: 'webhook', pattern: 'failing/*' };
  await subscribe('failing', { ...types, webhook: { url: hook(500) } });
  await create('failing/a', 1);
  const page = await open('failing');
  await state(page, 'retrying');
  await page.getByText('the receiver answered 500').first().waitFor();
  await until('attempts grow', async () => Number(await fact(page, 'failed attempts').textContent()) >= 2);
  assert.match(await fact(page, 'next attempt').textContent(), /^\d{4}-.*Z \(\d+ s\)$/);
  assert.match(await fact(page, 'lag').textContent(), /^\d+ B, \d+ s$/);
  assert.match(await row(page, 'failing').textContent(), /failing.*B, \d+ s.*retrying/);
  assert.match(await link(page, 'failing/a').textContent(), /0 → \d+/);
});

test('a worker that has claimed is shown with its lease', async () => {
  await create('claimed/wake');
  await create('claimed/x/a');
  await subscribe('claimed', { type: 'pull-wake', pattern: 'claimed/x/*', wake_stream: 'claimed/wake' });
  const page = await open('claimed');
  await state(page, 'idle');
  await append('claimed/x/a', 1);
  await state(page, 'waking');
  await request('POST', '__ds/subscriptions/claimed/claim', { worker: 'worker-7' });
  await state(page, 'leased');
  assert.equal(await fact(page, 'holder').textContent(), 'worker-7');

  await link(page, 'claimed/x/a').click();
  await press(page, 'Open the stream');
  await page.getByRole('heading', { name: 'claimed/x/a' }).waitFor();
});

test('a place that is no offset of the stream is refused in the dialog', async () => {
  await create('wrong/a', 1);
  await subscribe('wrong', { type: 'webhook', pattern: 'wrong/*', webhook: { url: hook(200) } });
  const page = await open('wrong');
  await link(page, 'wrong/a').click();
  await press(page, 'Replay…');
  await page.selectOption('dialog [name=place]', 'offset');
  await page.fill('dialog [name=offset]', 'yesterday');
  await inDialog(page, 'Move the cursor');
  await page.locator('dialog').getByText('is not one that this server issued').waitFor();
});

test('the commands of curl do the same as the console', async () => {
  await create("it's/wake");
  const page = await open();
  await press(page, 'New');
  await page.fill('dialog [name=id]', "it's ä");
  await page.selectOption('dialog [name=type]', 'pull-wake');
  await page.fill('dialog [name=wakeStream]', "it's/wake");
  await page.fill('dialog [name=streams]', "it's/a");
  await inDialog(page, 'Copy as curl');
  assert.match(await runCopied(page), /^HTTP\/1.1 201 /);
  await inDialog(page, 'Cancel');
  await row(page, "it's ä").click();
  await state(page, 'idle');
  await create("it's/a", 1);
  await link(page, "it's/a").click();
  for (const [name, expected] of [['Replay…', 204], ['Remove', 204], ['Add streams', 204], ['Delete', 204]]) {
    await page.getByRole('button', { name, exact: true }).click();
    if (name === 'Add streams') {
      await page.fill('dialog [name=streams]', 'b');
    }
    await inDialog(page, 'Copy as curl');
    assert.match(await runCopied(page), new RegExp(`^HTTP/1.1 ${expected} `), name);
    await inDialog(page, 'Cancel');
  }
  await page.locator('subscription-view').getByText('(404 SUBSCRIPTION_NOT_FOUND)').waitFor();
});

test('streams with a lag are found among many, and links are read by pages', async () => {
  await subscribe('many', { type: 'webhook', pattern: 'many/**', webhook: { url: hook(202) } });
  for (let n = 0; n < 450; n++) {
    await create(`many/${String(n).padStart(3, '0')}`);
  }
  await append('many/321', 'x');
  const page = await open('many');
  await link(page, 'many/000').waitFor();
  await page.evaluate(() => {
    const scroll = () => {
      document.querySelector('#links').scrollTo(0, 1e9);
      requestAnimationFrame(scroll);
    };
    scroll();
  });
  await link(page, 'many/449').waitFor();
  await page.getByLabel('only streams with a lag').check();
  await until('one link is left', async () => (await page.locator('#links .row').count()) === 1);
  await link(page, 'many/321').waitFor();
  assert.equal(await fact(page, 'streams with a lag').textContent(), '1 of 450');
});

test('a subscription is found and replayed by keyboard', async () => {
  await create('keys/a', 1);
  await subscribe('keys', { type: 'webhook', pattern: 'keys/*', webhook: { url: hook(200) } });
  const page = await open();
  await row(page, 'keys').waitFor();
  await page.fill('[type=search]', 'key');
  await until('one is left', async () => (await page.locator('#subscriptions .row').count()) === 1);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await state(page, 'idle');
  await link(page, 'keys/a').waitFor();
  await page.focus('#links');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Replay…' }).press('Enter');
  await page.locator('dialog').waitFor();
  for (const key of ['Tab', 'Tab', 'Tab', 'Enter']) {
    await page.keyboard.press(key);
  }
  await until('the work is done again', async () => (await subscription('keys')).generation === 1);
});

test('a server that is killed is shown as unreachable, and its state again after the restart', async () => {
  await subscribe('restart', { type: 'webhook', pattern: 'restart/*', webhook: { url: hook(200) } });
  const page = await open('restart');
  await state(page, 'idle');
  await server.kill();
  await state(page, 'unreachable');
  await page.locator('subscription-list').getByText('The server does not respond').waitFor();
  await row(page, 'restart').waitFor();
  assert.equal(await page.locator('.stale').count(), 2);

  await server.start();
  await state(page, 'idle');
  await until('the list is current', async () => (await page.locator('.stale, .problem:visible').count()) === 0);
});

test('what a token does not allow is shown as refused', async () => {
  const guarded = await StreamServer.guarded(
    'allow ada read,create,append **',
    'allow ada subscribe __ds/subscriptions/ada-*',
  );
  try {
    const page = await open('bob-1', { base: guarded.url });
    await page.locator('subscription-list').getByText('(401 unauthenticated)').waitFor();
    await page.getByRole('button', { name: 'Token…' }).click();
    await page.fill('dialog input', guarded.secret);
    await inDialog(page, 'Use');
    await page.locator('subscription-view').getByText('(403 forbidden)').waitFor();
    await state(page, 'refused');
    await page.getByText('No subscriptions yet.').waitFor();
  } finally {
    await guarded.close();
  }
});

test('a server without subscriptions says so', async () => {
  const without = await StreamServer.started('--subscriptions', '0', '--durability', 'os');
  try {
    const page = await open(undefined, { base: without.url });
    await page.locator('subscription-list .problem:visible').waitFor();
    assert.match(await page.locator('subscription-list .problem').textContent(), /\((404|400|403) /);
  } finally {
    await without.close();
  }
});
