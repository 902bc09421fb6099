#!/usr/bin/env node
/**
 * Serves the page of the activity feed, and nothing else: the pages write and read the streams themselves, as page.mjs
 * describes. The streams server must allow it: --cors-origin http://localhost:4439.
 */

import { servePages } from '../shared/pages.mjs';
import { announce, flagsOf, portOf, streamsRoot } from '../shared/program.mjs';

const USAGE = `usage: node server.mjs [options]
  --streams URL   the Durable Streams server (http://localhost:4437)
  --port PORT     the port of the page (4439)`;

const flags = flagsOf(USAGE, { streams: 'http://localhost:4437', port: '4439' });
const streams = streamsRoot(flags.streams);
const pages = await servePages({
  folder: new URL('.', import.meta.url),
  files: ['index.html', 'page.css', 'page.mjs', 'presence.mjs'],
  port: portOf(flags.port),
  streams,
});
await announce(pages, streams, `streams at ${streams}`);
