/** Serves the page of an example, and the files that all pages share, on the loopback interface. */

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

const SHARED = [
  'icon.svg',
  'look.css',
  'member-worker.mjs',
  'member.mjs',
  'reader.mjs',
  'requests.mjs',
  'together.mjs',
  'writer.mjs',
];

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * @param folder URL of the example's folder
 * @param files names of the files to serve, among them index.html
 * @param streams root URL of the streams, which the page may connect to
 * @param settings content of settings.json
 * @param routes functions of (request, response) by method and path, such as "POST /answers"
 * @returns the server, after it listens
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
    // Against DNS rebinding: a page of another site whose name resolves to this machine must not use this server.
    if (!LOOPBACK.test(request.headers.host)) {
      return send(response, 403, 'This server accepts requests to localhost only.');
    }
    const { pathname } = new URL(request.url, 'http://localhost');
    const route = routes[`${request.method} ${pathname}`];
    if (route) {
      return route(request, response);
    }
    if (request.method !== 'GET') {
      return send(response, 405, 'The method must be GET.');
    }
    if (pathname === '/settings.json') {
      return sendJson(response, 200, { streams, ...settings });
    }
    const source = sources.get(pathname === '/' ? '/index.html' : pathname);
    if (!source) {
      return send(response, 404, 'This page does not exist.');
    }
    response.writeHead(200, { ...safety, 'Content-Type': TYPES[extname(source.pathname)] });
    response.end(await readFile(source));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      console.error(error);
      response.headersSent ? response.destroy() : send(response, 500, 'Internal error; see the log of this server.');
    });
  });
  return new Promise(resolve => {
    server.on('error', error => end(`Cannot listen on port ${port} (${error.code}); choose another with --port.`));
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
