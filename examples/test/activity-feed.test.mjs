import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Example, openBrowser, openContext, StreamServer, until } from './support.mjs';

let streams;
let example;
let browser;
let context;

before(async () => {
  streams = await StreamServer.started('--cors-origin', '*');
  example = await Example.started('activity-feed', streams.url);
  browser = await openBrowser();
  context = await openContext(browser);
});

after(async () => {
  await browser?.close();
  await example?.close();
  await streams?.close();
});

afterEach(() => Promise.all(context.pages().map(page => page.close())));

async function enter(room, name) {
  const page = await context.newPage();
  await page.goto(`${example.url}#${room}`);
  await page.waitForSelector('#status[data-state=live]');
  await page.fill('#name', name);
  await page.press('#name', 'Enter');
  return page;
}

async function post(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

const posts = page => page.locator('#posts .words').allTextContents();

async function shows(page, ...expected) {
  await until(`the posts are ${expected}`, async () => String(await posts(page)) === String(expected));
}

async function online(page, ...expected) {
  const names = async () => (await page.locator('#online .name').allTextContents()).sort();
  await until(`${expected} are online`, async () => String(await names()) === String(expected));
}

test('two tabs show each other, and the posts of both', async () => {
  const ada = await enter('meeting', 'Ada');
  const ben = await enter('meeting', 'Ben');
  await online(ada, 'Ada', 'Ben');
  await online(ben, 'Ada', 'Ben');

  await post(ada, 'Hello from here');
  await shows(ben, 'Hello from here');
  await post(ben, 'And from <b>there</b>');

  await shows(ada, 'Hello from here', 'And from <b>there</b>');
  await shows(ben, 'Hello from here', 'And from <b>there</b>');
});

test('a new tab shows earlier posts', async () => {
  const ada = await enter('history', 'Ada');
  await post(ada, 'one');
  await post(ada, 'two');
  await shows(ada, 'one', 'two');

  await shows(await enter('history', 'Ben'), 'one', 'two');
});

test('a closed tab and a killed tab are offline', async () => {
  const ada = await enter('leaving', 'Ada');
  const ben = await enter('leaving', 'Ben');
  const cleo = await enter('leaving', 'Cleo');
  await online(ada, 'Ada', 'Ben', 'Cleo');

  await ben.close();
  await online(ada, 'Ada', 'Cleo');
  (await context.newCDPSession(cleo)).send('Page.crash').catch(() => {});
  await online(ada, 'Ada');
});

test('a post made while the server is down is stored once after its restart, and all tabs stay online', async () => {
  const ada = await enter('restart', 'Ada');
  const ben = await enter('restart', 'Ben');
  await post(ada, 'before');
  await shows(ben, 'before');
  await online(ada, 'Ada', 'Ben');
  await streams.kill();
  await ada.waitForSelector('#status[data-state=reconnecting]');
  await post(ada, 'meanwhile');
  assert.equal(await ada.locator('#waiting .words').textContent(), 'meanwhile');
  assert.deepEqual(await ada.locator('#online .name').allTextContents(), ['Ada', 'Ben']);

  await streams.start();

  await shows(ada, 'before', 'meanwhile');
  await shows(ben, 'before', 'meanwhile');
  await until('nothing waits', async () => (await ada.locator('#waiting li').count()) === 0);
  await online(ada, 'Ada', 'Ben');
});

test('a page that the server allows no writes shows how to allow them', async () => {
  const closed = await StreamServer.started();
  const pages = await Example.started('activity-feed', closed.url);
  const page = await context.newPage();
  await page.goto(pages.url);

  await page.getByText(`start it with --cors-origin ${new URL(pages.url).origin}.`).waitFor();

  await pages.close();
  await closed.close();
});

test('a page without a server shows that, and recovers when the server starts', async () => {
  await streams.kill();
  const page = await context.newPage();
  await page.goto(`${example.url}#early`);
  await page.waitForSelector('#status[data-state=reconnecting]');
  assert.match(await page.textContent('#problem'), /The streams server does not respond/);
  await post(page, 'early');

  await streams.start();

  await shows(page, 'early');
  assert.equal(await page.isVisible('#problem'), false);
});
