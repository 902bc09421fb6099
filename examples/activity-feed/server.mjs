#!/usr/bin/env node
/**
 * Serves the page of the activity feed, and nothing else: the pages write and read the streams themselves. What they do
 * there is told at the head of page.mjs.
 */

import { parseArgs } from 'node:util';
import { servePages, streamsRoot } from '../shared/pages.mjs';

const USAGE = `usage: node server.mjs [options]
  --streams URL   the Durable Streams server (http://localhost:4437)
  --port PORT     where the page is served (4439)`;

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: 'http://localhost:4437' },
    port: { type: 'string', default: '4439' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  const streams = streamsRoot(values.streams);
  const server = await servePages({
    folder: new URL('.', import.meta.url),
    files: ['index.html', 'page.css', 'page.mjs', 'presence.mjs'],
    port: Number(values.port),
    streams,
  });
  console.log(`The page is at http://localhost:${server.address().port}/ (streams at ${streams})`);
}
