/** Serves the pages of an example, and what all of them share, on the loopback interface. */

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { end } from './program.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const SHARED = ['icon.svg', 'look.css', 'reader.mjs', 'requests.mjs', 'writer.mjs'];

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * @param folder URL of the example's folder
 * @param files names of those of its files that browsers may have; index.html is one
 * @param streams root of the streams, which the pages may connect to
 * @param settings what the page gets as settings.json
 * @param routes functions of (request, response) by method and path, such as "POST /answers"
 * @returns the server, when it listens
 */
export function servePages({ folder, files, port, streams, settings = {}, routes = {} }) {
  const sources = new Map([
    ...files.map(name => [`/${name}`, new URL(name, folder)]),
    ...SHARED.map(name => [`/shared/${name}`, new URL(name, import.meta.url)]),
  ]);
  const safety = {
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': `default-src 'self'; connect-src 'self' ${streams.origin}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
  };

  async function answer(request, response) {
    // A page of another site whose name was made to lead here is not to use what this server may.
    if (!LOOPBACK.test(request.headers.host)) {
      return send(response, 403, 'This server is for this machine only.');
    }
    const { pathname } = new URL(request.url, 'http://localhost');
    const route = routes[`${request.method} ${pathname}`];
    if (route) {
      return route(request, response);
    }
    if (request.method !== 'GET') {
      return send(response, 405, 'Only GET is for pages.');
    }
    if (pathname === '/settings.json') {
      return sendJson(response, 200, { streams, ...settings });
    }
    const source = sources.get(pathname === '/' ? '/index.html' : pathname);
    if (!source) {
      return send(response, 404, 'There is no such page.');
    }
    response.writeHead(200, { ...safety, 'Content-Type': TYPES[extname(source.pathname)] });
    response.end(await readFile(source));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      console.error(error);
      response.headersSent ? response.destroy() : send(response, 500, 'This server has a fault, which it has logged.');
    });
  });
  return new Promise(resolve => {
    server.on('error', error => end(`Cannot listen on port ${port} (${error.code}); --port names another.`));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function send(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

export function sendJson(response, status, value) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}
