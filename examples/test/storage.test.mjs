/** The pages in a browser that blocks their storage, as many people set it. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Example, openContextWithoutStorage, StreamServer, until } from './support.mjs';

let streams;
let context;
let faults;

before(async () => {
  streams = await StreamServer.started('--cors-origin', '*', '--admin-listen', '127.0.0.1:0');
  context = await openContextWithoutStorage();
  faults = [];
});

after(async () => {
  await context?.close();
  await streams?.close();
  assert.deepEqual(faults, [], 'faults of the pages');
});

async function open(url) {
  const page = await context.newPage();
  page.on('pageerror', error => faults.push(error.message));
  await page.goto(url);
  return page;
}

test('two tabs of the activity feed show the posts of each other', async () => {
  const example = await Example.started('activity-feed', streams.url);
  try {
    const tabs = [await open(example.url), await open(example.url)];
    const blocked = await tabs[0].evaluate(() => navigator.locks.request('any', () => {}).catch(error => error.name));
    assert.equal(blocked, 'SecurityError');
    for (const [number, tab] of tabs.entries()) {
      await tab.waitForSelector('#status[data-state=live]');
      await tab.fill('#text', `post ${number}`);
      await tab.press('#text', 'Enter');
    }
    for (const tab of tabs) {
      await until('both posts are shown', async () => {
        const posts = await tab.locator('#posts .words').allTextContents();
        return posts.sort().join() === 'post 0,post 1';
      });
    }
  } finally {
    await example.close();
  }
});

test('an answer of the model is shown', async () => {
  const example = await Example.started('llm-tokens', streams.url, ['--rate', '1000']);
  try {
    const page = await open(example.url);
    await page.click('#send');
    await page.waitForSelector('#status[data-state=complete]');
  } finally {
    await example.close();
  }
});

test('the console lists streams and keeps a token until the page is loaded again', async () => {
  await fetch(new URL('/v1/stream/stored', streams.url), { method: 'PUT' });
  const page = await open(new URL('/console/', streams.url).href);
  await page.getByText('stored').waitFor();
  await page.getByRole('button', { name: 'Token…' }).click();
  await page.fill('dialog input', 'secret');
  const sent = page.waitForRequest(request => request.headers().authorization === 'Bearer secret');
  await page.locator('dialog').getByRole('button', { name: 'Use', exact: true }).click();
  await sent;
});

test('the console of the listener for administration shows its charts', async () => {
  const page = await open(new URL('/console/', streams.adminUrl).href);
  await page.locator('.chart', { hasText: 'Appends' }).waitFor();
});
