import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Model } from './model.mjs';
import { Example, openBrowser, openContext, StreamServer, until } from './support.mjs';

const QUESTION = 'What makes a stream durable, 一度だけ, in a 🚇 tunnel?';

let streams;
let model;
let example;
let browser;
let context;

before(async () => {
  streams = await StreamServer.started();
  model = await Model.started();
  example = await Example.started('llm-tokens', streams.url, [], model.env);
  browser = await openBrowser();
  context = await openContext(browser);
});

after(async () => {
  await browser?.close();
  await example?.close();
  model?.close();
  await streams?.close();
});

beforeEach(() => model.hold());

afterEach(async () => {
  model.release();
  await Promise.all(context.pages().map(page => page.close()));
});

async function open(url = example.url) {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Opens a page and asks a question, whose answer pauses in its middle. */
async function ask(query = '') {
  const page = await open(example.url + query);
  await page.fill('#prompt', QUESTION);
  await page.click('#send');
  return page;
}

const text = page => page.textContent('#text');

async function tokens(page, atLeast) {
  const count = async () => Number.parseInt(await page.textContent('#facts')) || 0;
  await until(`${atLeast} tokens are shown`, async () => (await count()) >= atLeast);
  return page;
}

async function state(page, name) {
  await page.waitForSelector(`#status[data-state=${name}]`);
  return page;
}

async function kill(page) {
  const crashed = page.waitForEvent('crash');
  const debug = await context.newCDPSession(page);
  debug.send('Page.crash').catch(() => {});
  await crashed;
}

/** Whether the stream of a page's answer is closed. */
async function isClosed(url) {
  const { headers } = await fetch(new URL(`/v1/stream/llm-tokens/${new URL(url).hash.slice(1)}`, streams.url), {
    method: 'HEAD',
  });
  return headers.get('Stream-Closed') === 'true';
}

/** Asserts that the page shows the whole answer, each token once and in order. */
async function showsAll(page) {
  await state(page, 'complete');
  assert.equal(await text(page), model.text);
  assert.equal(await page.textContent('#question'), QUESTION);
}

test('after a disconnect, an answer continues without lost or repeated tokens', async () => {
  const page = await tokens(await ask(), 20);
  await page.click('#disconnect');
  await state(page, 'disconnected');
  const atDisconnect = await text(page);
  const other = await tokens(await open(page.url()), model.half);
  assert.equal(await text(page), atDisconnect);

  await page.click('#resume');
  model.release();

  await showsAll(page);
  await showsAll(other);
  assert.match(await page.textContent('#facts'), /resumed once/);
  assert.equal(await page.locator('.seam').count(), 1);
  assert.match(await other.textContent('#facts'), /tokens · sse/);
});

test('a tab that is killed during an answer shows the whole answer when it is reopened', async () => {
  const killed = await tokens(await ask(), 20);
  const url = killed.url();
  await kill(killed);
  assert.equal(await isClosed(url), false);

  const reopened = await open(url);
  model.release();

  await showsAll(reopened);
});

test('three tabs show the same answer', async () => {
  const first = await tokens(await ask(), 20);
  const second = await tokens(await open(first.url()), model.half);
  model.release();
  const third = await open(first.url());

  for (const page of [first, second, third]) {
    await showsAll(page);
  }
});

test('a replay shows the same answer, during the answer and after it', async () => {
  const page = await tokens(await ask(), 20);
  await page.click('#replay');
  model.release();
  await showsAll(page);

  await page.click('#replay');
  await showsAll(page);
});

test('the page and the writer continue after the server is killed and restarted', async () => {
  const page = await tokens(await ask(), 20);
  const polling = await tokens(await open(page.url().replace('#', '?live=long-poll#')), 20);
  const wholeCount = model.wholeCount;
  await streams.kill();
  await state(page, 'reconnecting');
  await state(polling, 'reconnecting');
  model.release();
  await until('the writer has received the rest of the answer', () => model.wholeCount > wholeCount);

  await streams.start();

  await showsAll(page);
  await showsAll(polling);
  assert.match(await page.textContent('#facts'), /resumed once · sse/);
  assert.match(await polling.textContent('#facts'), /resumed once · long-poll/);
});

test('the page falls back to long-polls if no events arrive', async () => {
  model.release();
  await context.route(/live=sse/, route => route.fulfill({ contentType: 'text/html', body: 'A proxy says no.' }));
  const page = await ask();
  await state(page, 'complete');
  await context.unroute(/live=sse/);

  await showsAll(page);
  assert.match(await page.textContent('#facts'), /tokens · long-poll/);
});

test('an answer is shared by its link', async () => {
  model.release();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await state(await ask(), 'complete');
  await page.click('#copy');
  await until('the button confirms the copy', async () => (await page.textContent('#copy')) === 'Copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const guest = await openContext(browser);
  const shared = await guest.newPage();

  await shared.goto(link);

  await showsAll(shared);
  await guest.close();
});

test('a link to a missing answer shows that it does not exist', async () => {
  const page = await state(await open(`${example.url}#nothing`), 'failed');

  assert.match(await page.textContent('#hint'), /This answer does not exist/);
});

test('a question that the model refuses shows its error', async () => {
  model.refuseOnce(429, 'You exceeded your current quota.');

  const page = await state(await ask(), 'failed');

  assert.equal(
    await page.textContent('#hint'),
    'No answer: OpenAI answered 429: You exceeded your current quota.',
  );
});

test('an answer whose writer is stopped ends as incomplete', async () => {
  const other = await Example.started('llm-tokens', streams.url, [], model.env);
  const page = await open(other.url);
  await page.click('#send');
  await tokens(page, 10);

  await other.close();

  await state(page, 'failed');
  assert.match(await page.textContent('#hint'), /incomplete: the program that writes this answer was stopped/);
});

test('a question without a streams server shows an error', async () => {
  await streams.kill();
  const page = await ask();
  await page.waitForSelector('#problem:not([hidden])');
  assert.match(await page.textContent('#problem'), /No server responds at http:/);

  await streams.start();
  await page.click('#send');
  model.release();

  await showsAll(page);
});

test('the demo generator needs no key, and a replay of its answer is the same', async () => {
  const demo = await Example.started('llm-tokens', streams.url, ['--rate', '100']);
  const page = await open(demo.url);
  await page.fill('#prompt', QUESTION);
  await page.click('#send');
  await state(page, 'complete');
  const answer = await text(page);
  assert.ok(answer.startsWith(`You asked: “${QUESTION}”`));
  assert.ok(answer.endsWith('can continue from there.'));

  await page.click('#replay');
  await state(page, 'complete');

  assert.equal(await text(page), answer);
  await demo.close();
});

test('the page connects only to its own server and the streams server', async () => {
  model.release();
  const hosts = new Set();
  const page = await context.newPage();
  page.on('request', request => hosts.add(new URL(request.url()).host));
  await page.goto(example.url);
  await page.click('#send');
  await state(page, 'complete');

  assert.deepEqual([...hosts].sort(), [new URL(example.url).host, new URL(streams.url).host].sort());
});

test('a page that the browser blocks shows how to allow it, and not that the server is away', async () => {
  const elsewhere = await StreamServer.started('--cors-origin', 'https://elsewhere.example');
  const pages = await Example.started('llm-tokens', elsewhere.url, [], model.env);
  const page = await open(pages.url);
  await page.fill('#prompt', QUESTION);
  await page.click('#send');

  await page.getByText(`start it with --cors-origin ${new URL(pages.url).origin}.`).waitFor();
  await elsewhere.kill();
  await page.getByText('The streams server does not respond').waitFor();

  await pages.close();
  await elsewhere.close();
});
