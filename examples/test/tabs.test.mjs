/** Twenty tabs of the activity feed in one browser, which opens at most six connections to a server over HTTP/1.1. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Example, openBrowser, openContext, selfSigned, StreamServer, until } from './support.mjs';

const TABS = 20;

let browser;
let context;
let folder;
let streams;
let example;

before(async () => {
  browser = await openBrowser();
  folder = mkdtempSync(join(tmpdir(), 'streamkeeper-tabs-'));
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

async function start(...flags) {
  streams = await StreamServer.started('--cors-origin', '*', '--admin-listen', '127.0.0.1:0', ...flags);
  example = await Example.started('activity-feed', streams.url, [], { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') });
}

async function stop() {
  await example?.close();
  await streams?.close();
}

async function enter(room) {
  const page = await context.newPage();
  await page.goto(`${example.url}#${room}`);
  await page.waitForSelector('#status[data-state=live]');
  return page;
}

async function enterMany(room, count) {
  const tabs = [];
  while (tabs.length < count) {
    tabs.push(await enter(room));
  }
  return tabs;
}

async function post(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

const posts = page => page.locator('#posts .words').allTextContents();

async function allShow(tabs, ...expected) {
  for (const tab of tabs) {
    await until(`a tab shows ${expected}`, async () => String(await posts(tab)) === String(expected));
  }
}

/** The value of a metric with its labels. */
async function metric(name) {
  const page = await (await fetch(new URL('/metrics', streams.adminUrl))).text();
  const line = page.split('\n').find(each => each.startsWith(`${name} `));
  return Number(line.slice(name.length));
}

/** Waits until the server has as many live reads: those of a closed tab end when the server notices it. */
async function liveReads(expected) {
  await until(`${expected} live reads`, async () => (await metric('streamkeeper_waiters{kind="sse"}')) === expected);
}

describe('over TLS', () => {
  before(() => start(...selfSigned(folder)));
  after(stop);
  beforeEach(async () => (context = await openContext(browser, { ignoreHTTPSErrors: true })));
  afterEach(() => context.close());

  test('twenty tabs follow the posts by live reads of their own', async () => {
    const tabs = await enterMany('tls', TABS);
    await post(tabs[7], 'hello');

    await allShow(tabs, 'hello');

    await liveReads(TABS);
    assert.ok((await metric('streamkeeper_connections{listener="public"}')) <= 2);
  });
});

for (const leader of ['a worker', 'a tab']) {
  describe(`over HTTP/1.1, led by ${leader}`, () => {
    before(() => start());
    after(stop);

    beforeEach(async () => {
      context = await openContext(browser);
      if (leader === 'a tab') {
        await context.addInitScript(() => delete globalThis.SharedWorker);
      }
    });
    afterEach(() => context.close());

    test('twenty tabs follow the posts by one live read', async () => {
      const tabs = await enterMany('many', TABS);
      await post(tabs[0], 'one');
      await allShow(tabs, 'one');
      await post(tabs[TABS - 1], 'two');
      await allShow(tabs, 'one', 'two');
      await liveReads(1);

      await tabs[3].reload();

      await allShow(tabs, 'one', 'two');
      await liveReads(1);
    });

    test('the other tabs miss no post when the first tab is closed', async () => {
      const [first, ...others] = await enterMany('closed', 4);
      await post(others[0], 'before');
      await allShow([first, ...others], 'before');

      const closing = first.close();
      await post(others[1], 'during');
      await closing;
      await post(others[2], 'after');

      await allShow(others, 'before', 'during', 'after');
      await liveReads(1);
    });

    test('the other tabs miss no post when the first tab crashes', async () => {
      const [first, ...others] = await enterMany('crashed', 4);
      const crashed = first.waitForEvent('crash');
      (await context.newCDPSession(first)).send('Page.crash').catch(() => {});
      await post(others[0], 'during');
      await crashed;
      await post(others[1], 'after');

      await allShow(others, 'during', 'after');
      await allShow([await enter('crashed')], 'during', 'after');
    });

    test('all tabs continue after the server was killed and has restarted', async () => {
      const tabs = await enterMany('restarted', 4);
      await post(tabs[0], 'before');
      await allShow(tabs, 'before');
      await streams.kill();
      for (const tab of tabs) {
        await tab.waitForSelector('#status[data-state=reconnecting]');
      }
      await post(tabs[1], 'meanwhile');
      await streams.start();

      await allShow([...tabs, await enter('restarted')], 'before', 'meanwhile');
      for (const tab of tabs) {
        await tab.waitForSelector('#status[data-state=live]');
      }
      await liveReads(1);
    });
  });
}

describe('when the worker is killed', () => {
  before(() => start());
  after(stop);
  beforeEach(async () => (context = await openContext(browser)));
  afterEach(() => context.close());

  test('a tab leads, and no tab misses a post', async () => {
    const tabs = await enterMany('killed', 3);
    await post(tabs[0], 'before');
    await allShow(tabs, 'before');

    await killWorker();
    await post(tabs[1], 'after');

    await allShow([...tabs, await enter('killed')], 'before', 'after');
  });
});

async function killWorker() {
  const debug = await browser.newBrowserCDPSession();
  const { targetInfos } = await debug.send('Target.getTargets', { filter: [{ type: 'shared_worker' }] });
  assert.equal(targetInfos.length, 1);
  const { success } = await debug.send('Target.closeTarget', { targetId: targetInfos[0].targetId });
  assert.ok(success);
  await debug.detach();
}
