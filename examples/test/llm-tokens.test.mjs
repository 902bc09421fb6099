import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Example, openBrowser, StreamServer, until } from './support.mjs';

const QUESTION = 'What makes a stream durable, 一度だけ, in a 🚇 tunnel?';

let streams;
let example;
let browser;
let context;
/** What the demo answers when nothing goes wrong. */
let undisturbed;

before(async () => {
  streams = await StreamServer.started();
  example = await Example.started('llm-tokens', streams.url, ['--rate', '60']);
  browser = await openBrowser();
  context = await browser.newContext();
  undisturbed = await text(await finished(await ask()));
  assert.ok(undisturbed.startsWith(`You asked: “${QUESTION}”`));
  assert.ok(undisturbed.endsWith('can go on from there.'));
  await closePages();
});

after(async () => {
  await browser?.close();
  await example?.close();
  await streams?.close();
});

afterEach(closePages);

async function closePages() {
  await Promise.all(context.pages().map(page => page.close()));
}

async function open(url = example.url) {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** A page on which a question has just been asked. */
async function ask(query = '') {
  const page = await open(example.url + query);
  await page.fill('#prompt', QUESTION);
  await page.click('#send');
  return page;
}

const text = page => page.textContent('#text');

const count = async page => Number.parseInt(await page.textContent('#facts')) || 0;

async function tokens(page, atLeast) {
  await until(`${atLeast} tokens are shown`, async () => (await count(page)) >= atLeast);
  return page;
}

async function state(page, name) {
  await page.waitForSelector(`#status[data-state=${name}]`, { timeout: 60_000 });
  return page;
}

/** Whether the answer of a page's address is whole. */
async function isClosed(url) {
  const { headers } = await fetch(new URL(`/v1/stream/llm-tokens/${new URL(url).hash.slice(1)}`, streams.url), {
    method: 'HEAD',
  });
  return headers.get('Stream-Closed') === 'true';
}

const finished = page => state(page, 'complete');

test('an answer is read on without a lost or doubled token after a disconnect', async () => {
  const page = await tokens(await ask(), 40);
  await page.click('#disconnect');
  await state(page, 'disconnected');
  const atDisconnect = await text(page);
  const other = await tokens(await open(page.url()), 80);
  assert.equal(await text(page), atDisconnect);

  await page.click('#resume');

  assert.equal(await text(await finished(page)), undisturbed);
  assert.equal(await text(await finished(other)), undisturbed);
});

test('a tab that was killed in the middle of an answer shows all of it when it is reopened', async () => {
  const killed = await tokens(await ask(), 40);
  const url = killed.url();
  const crashed = killed.waitForEvent('crash');
  const debug = await context.newCDPSession(killed);
  debug.send('Page.crash').catch(() => {});
  await crashed;
  assert.equal(await isClosed(url), false);

  const reopened = await open(url);

  assert.equal(await text(await finished(reopened)), undisturbed);
});

test('three tabs show the same answer', async () => {
  const first = await tokens(await ask(), 20);
  const second = await tokens(await open(first.url()), 60);
  const third = await open(first.url());

  for (const page of [first, second, third]) {
    assert.equal(await text(await finished(page)), undisturbed);
    assert.equal(await page.textContent('#question'), QUESTION);
  }
});

test('a replay shows the same answer, whole or in the middle of it', async () => {
  const page = await tokens(await ask(), 60);
  await page.click('#replay');
  assert.equal(await text(await finished(page)), undisturbed);

  await page.click('#replay');
  assert.equal(await text(await finished(page)), undisturbed);
});

test('the page and the writer go on by themselves when the server is killed and started again', async () => {
  const page = await tokens(await ask(), 40);
  const polling = await tokens(await open(page.url().replace('#', '?live=long-poll#')), 40);
  await streams.kill();
  await state(page, 'reconnecting');
  await state(polling, 'reconnecting');

  await streams.start();

  assert.equal(await text(await finished(page)), undisturbed);
  assert.equal(await text(await finished(polling)), undisturbed);
  assert.match(await page.textContent('#facts'), /1 interruption · sse/);
  assert.match(await polling.textContent('#facts'), /1 interruption · long-poll/);
});

test('the page goes over to long-polls where events do not come through', async () => {
  await context.route(/live=sse/, route => route.fulfill({ contentType: 'text/html', body: 'A proxy says no.' }));
  const page = await ask();
  await finished(page);
  await context.unroute(/live=sse/);

  assert.equal(await text(page), undisturbed);
  assert.match(await page.textContent('#facts'), /0 interruptions · long-poll/);
});

test('an answer is shared by its link', async () => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await finished(await ask());
  await page.click('#copy');
  await until('the button says so', async () => (await page.textContent('#copy')) === 'Copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const guest = await browser.newContext();
  const shared = await guest.newPage();

  await shared.goto(link);

  assert.equal(await text(await finished(shared)), undisturbed);
  await guest.close();
});

test('a link to an answer that is not there says so', async () => {
  const page = await state(await open(`${example.url}#nothing`), 'failed');

  assert.match(await page.textContent('#problem'), /There is no such answer/);
});

test('an answer whose writer is stopped ends, and says that it is not whole', async () => {
  const other = await Example.started('llm-tokens', streams.url, ['--rate', '20']);
  const page = await open(other.url);
  await page.click('#send');
  await tokens(page, 10);

  await other.close();

  await state(page, 'failed');
  assert.match(await page.textContent('#problem'), /not whole: the program that wrote this answer was stopped/);
});

test('the page connects to nothing but its own server and the streams', async () => {
  const hosts = new Set();
  const page = await context.newPage();
  page.on('request', request => hosts.add(new URL(request.url()).host));
  await page.goto(example.url);
  await page.click('#send');
  await finished(page);

  assert.deepEqual([...hosts].sort(), [new URL(example.url).host, new URL(streams.url).host].sort());
});
