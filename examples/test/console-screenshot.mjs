/**
 * Takes the screenshots of the console in docs/images: console.png and console-subscription.png; with a folder as argument,
 * others for a review.
 */

import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, openContext, StreamServer } from './support.mjs';

const picture = name => fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));
const SIZES = { desktop: { width: 1120, height: 700 }, phone: { width: 390, height: 780 } };

const receiver = createServer((request, response) => response.writeHead(request.url === '/ok' ? 200 : 503).end('{"done":true}'));
await new Promise(resolve => receiver.listen(0, '127.0.0.1', resolve));
const server = await StreamServer.started('--admin-listen', '127.0.0.1:0', '--allow-local-webhooks');
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

const webhook = (pattern, path) => ({
  type: 'webhook',
  pattern,
  webhook: { url: `http://127.0.0.1:${receiver.address().port}${path}` },
});
await json('wakes', 'PUT', []);
await json('__ds/subscriptions/order-mails', 'PUT', webhook('orders/**', '/ok'));
await json('__ds/subscriptions/search-index', 'PUT', webhook('**', '/down'));
await json('__ds/subscriptions/summaries', 'PUT', { type: 'pull-wake', pattern: 'chat/*', wake_stream: 'wakes' });
await json('chat/43', 'POST', { from: 'Ben', text: 'Who writes the summary?' });
await json('orders/2026/oslo', 'POST', { order: 1 });

async function shot(file, { size, colorScheme }, prepare, path = '/chat/42', base = server.url) {
  const context = await openContext(browser, { viewport: SIZES[size], deviceScaleFactor: 2, colorScheme });
  const page = await context.newPage();
  await page.goto(new URL(`/console/#${path}`, base).href);
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

async function withLink(page) {
  await page.locator('#links .row').nth(1).click();
  await page.waitForTimeout(300);
}

const view = { size: 'desktop', colorScheme: 'light' };
await shot(picture('console'), view, withMessage);
await shot(picture('console-subscription'), view, withLink, 'subscriptions/search-index');
if (folder) {
  for (const size of ['desktop', 'phone']) {
    for (const colorScheme of ['light', 'dark']) {
      const name = what => join(folder, `${what}-${size}-${colorScheme}.png`);
      const look = { size, colorScheme };
      await shot(name('stream'), look, withMessage);
      await shot(name('list'), look, page => page.waitForTimeout(500), '/');
      await shot(name('create'), look, page => page.click('text=New'), size === 'phone' ? '/' : '/log/web');
      await shot(name('missing'), look, page => page.waitForSelector('.problem:visible'), '/no/such');
      await shot(name('subscriptions'), look, page => page.waitForTimeout(500), 'subscriptions');
      await shot(name('subscription'), look, withLink, 'subscriptions/search-index');
      await shot(name('subscribe'), look, page => page.click('text=New'), 'subscriptions');
      await shot(name('charts'), look, page => page.waitForTimeout(9_000), '/', server.adminUrl);
    }
  }
}

await browser.close();
await server.close();
receiver.close();
receiver.closeAllConnections();
console.log(picture('console'));
