/** Takes a screenshot of an answer after a disconnect and a resume: docs/images/llm-tokens.png. */

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Example, openBrowser, openContext, StreamServer } from './support.mjs';

const PICTURE = fileURLToPath(new URL('../../docs/images/llm-tokens.png', import.meta.url));

const streams = await StreamServer.started('--cors-origin', '*');
const example = await Example.started('llm-tokens', streams.url);
const browser = await openBrowser();
const context = await openContext(browser, { viewport: { width: 776, height: 900 }, deviceScaleFactor: 2 });
const page = await context.newPage();

async function tokens(atLeast) {
  await page.waitForFunction(count => Number.parseInt(document.querySelector('#facts').textContent) >= count, atLeast);
}

await page.goto(example.url);
await page.click('#send');
await tokens(75);
await page.click('#disconnect');
await page.click('#resume');
await tokens(120);
await mkdir(dirname(PICTURE), { recursive: true });
await page.locator('#answer').screenshot({ path: PICTURE });

await browser.close();
await example.close();
await streams.close();
console.log(PICTURE);
