/**
 * Sends requests, and writes them as commands of curl. A request is { method, target, headers, body }; its target is a
 * path with a query, and its body a text or a file.
 */

import { settings, token } from './session.mjs';

/** The server has refused a request. */
export class Refused extends Error {
  constructor(status, code, message) {
    super(`${message} (${status} ${code})`);
    this.status = status;
    this.code = code;
  }

  static async of(response) {
    const body = await response.text();
    try {
      const { code, message } = JSON.parse(body).error;
      return new Refused(response.status, code, message);
    } catch {
      return new Refused(response.status, 'no error code', body.slice(0, 200) || 'the response has no text');
    }
  }
}

/** No response arrived: the server does not run, or something between it and the browser blocks the request. */
export class Unreachable extends Error {
  constructor() {
    super('The server does not respond. It is stopped, or the network or the browser blocks the request.');
  }
}

/** The target of a stream. */
export function streamTarget(path, query = {}) {
  return settings.streams + path.split('/').map(encodeURIComponent).join('/') + queryText(query);
}

/** The target of a subscription, or of what is below it; without an id, that of the list. */
export function subscriptionTarget(id = undefined, below = '', query = {}) {
  const name = id === undefined ? '' : `/${encodeURIComponent(id)}`;
  return `${settings.streams}__ds/subscriptions${name}${below}${queryText(query)}`;
}

function queryText(query) {
  const parameters = new URLSearchParams(query).toString();
  return parameters && `?${parameters}`;
}

/** Sends a request and returns a successful response; throws Refused or Unreachable otherwise. */
export async function send({ method = 'GET', target, headers = {}, body }, signal) {
  const all = new Headers(headers);
  if (token()) {
    all.set('Authorization', `Bearer ${token()}`);
  }
  let response;
  try {
    response = await fetch(target, { method, headers: all, body, signal, cache: 'no-store' });
  } catch (error) {
    throw error.name === 'AbortError' ? error : new Unreachable();
  }
  if (!response.ok) {
    throw await Refused.of(response);
  }
  return response;
}

/** The command that sends the same request; the token is not part of it, but is read from a variable. */
export function curl({ method = 'GET', target, headers = {}, body }, flags = []) {
  const words = ['curl', ...flags];
  if (method === 'HEAD') {
    words.push('-I');
  } else if (method !== 'GET') {
    words.push('-X', method);
  }
  words.push(quoted(new URL(target, location.href).href));
  for (const [name, value] of Object.entries(headers)) {
    words.push('-H', quoted(`${name}: ${value}`));
  }
  if (token()) {
    words.push('-H', '"Authorization: Bearer $TOKEN"');
  }
  if (body instanceof File) {
    words.push('--data-binary', quoted(`@${body.name}`));
  } else if (body) {
    words.push(body.startsWith('@') ? '--data-raw' : '--data-binary', quoted(body));
  }
  return words.join(' ');
}

const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;
