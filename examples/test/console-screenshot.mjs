/** Takes a screenshot of the console: docs/images/console.png; with a folder as argument, others for a review. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, openContext, StreamServer } from './support.mjs';

const PICTURE = fileURLToPath(new URL('../../docs/images/console.png', import.meta.url));
const SIZES = { desktop: { width: 1120, height: 700 }, phone: { width: 390, height: 780 } };

const server = await StreamServer.started('--admin-listen', '127.0.0.1:0');
const browser = await openBrowser();
const folder = process.argv[2];

const at = path => new URL(`/v1/stream/${path}`, server.url);
const json = (path, method, body) =>
  fetch(at(path), { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

for (const path of ['chat/42', 'chat/43', 'orders/2026/berlin', 'orders/2026/oslo', 'sensors/attic']) {
  await json(path, 'PUT', []);
}
await fetch(at('log/web'), { method: 'PUT', headers: { 'Content-Type': 'text/plain' }, body: 'GET / 200\nGET /a 404\n' });
await json('chat/42', 'POST', [
  { from: 'Ada', text: 'Does the stream survive a restart?' },
  { from: 'Ben', text: 'Yes: a write is acknowledged when it is on the disk.' },
]);

async function shot(file, { size, colorScheme }, prepare, path = 'chat/42', base = server.url) {
  const context = await openContext(browser, { viewport: SIZES[size], deviceScaleFactor: 2, colorScheme });
  const page = await context.newPage();
  await page.goto(new URL(`/console/#/${path}`, base).href);
  await prepare(page);
  await page.screenshot({ path: file });
  await context.close();
}

async function withMessage(page) {
  await page.waitForSelector('stream-view .status[data-state=live]');
  await page.locator('#streams .folder', { hasText: 'chat' }).click({ timeout: 3_000 }).catch(() => {});
  await json('chat/42', 'POST', { from: 'Ada', text: 'And a reader continues where it stopped.', at: '2026-11-26T20:00:00Z' });
  await page.locator('#messages .row', { hasText: 'continues' }).last().click();
  await page.waitForTimeout(200);
}

await shot(PICTURE, { size: 'desktop', colorScheme: 'light' }, withMessage);
if (folder) {
  for (const size of ['desktop', 'phone']) {
    for (const colorScheme of ['light', 'dark']) {
      const name = what => join(folder, `${what}-${size}-${colorScheme}.png`);
      const view = { size, colorScheme };
      await shot(name('stream'), view, withMessage);
      await shot(name('list'), view, page => page.waitForTimeout(500), '');
      await shot(name('create'), view, page => page.click('text=New'), size === 'phone' ? '' : 'log/web');
      await shot(name('missing'), view, page => page.waitForSelector('.problem:visible'), 'no/such');
      await shot(name('charts'), view, page => page.waitForTimeout(9_000), '', server.adminUrl);
    }
  }
}

await browser.close();
await server.close();
console.log(PICTURE);
