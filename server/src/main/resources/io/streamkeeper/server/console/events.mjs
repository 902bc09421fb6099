/** Follows a stream by server-sent events. EventSource cannot send a token, so the events are read with fetch. */

import { Refused, send, streamTarget, Unreachable } from './requests.mjs';

const RETRY_MILLIS_MIN = 500;
const RETRY_MILLIS_MAX = 5_000;
/** The server sends comments on an idle event stream; if none arrives for this long, the connection is dead. */
const SILENCE_MILLIS_MAX = 45_000;

/**
 * Follows a stream from an offset until it is closed, is refused, or `signal` aborts; reconnects after failures.
 *
 * @param onBatch called with { data, encoded, start, next, closed }; `encoded` states whether the data is base64
 * @param onLost called when the connection is lost
 */
export async function follow(path, offset, { signal, onBatch, onLost }) {
  let place = offset;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const batch of batches(path, place, signal)) {
        failures = 0;
        onBatch(batch);
        place = batch.next;
        if (batch.closed) {
          return;
        }
      }
    } catch (error) {
      const isRefused = error instanceof Refused;
      if (signal.aborted || (isRefused && error.status < 500 && error.status !== 429)) {
        throw error;
      }
      onLost(isRefused ? error : new Unreachable());
      await pause(Math.min(RETRY_MILLIS_MIN * 2 ** failures++, RETRY_MILLIS_MAX), signal);
    }
  }
}

/** The batches of one connection; the server ends each after about a minute. */
async function* batches(path, offset, signal) {
  const silence = new AbortController();
  let timer;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MILLIS_MAX);
  };
  heard();
  try {
    const request = { target: streamTarget(path, { offset, live: 'sse' }), headers: { Accept: 'text/event-stream' } };
    const response = await send(request, AbortSignal.any([signal, silence.signal]));
    const encoded = response.headers.get('Stream-SSE-Data-Encoding') === 'base64';
    let data = [];
    let start = offset;
    for await (const event of events(response.body, heard)) {
      if (event.type === 'data') {
        data.push(event.data);
      } else if (event.type === 'control') {
        const { streamNextOffset: next, streamClosed: closed = false } = JSON.parse(event.data);
        yield { data, encoded, start, next, closed };
        data = [];
        start = next;
      }
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** The events of a body; calls `onBytes` when bytes arrive. */
async function* events(body, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    onBytes();
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      yield { type: field(block, 'event'), data: field(block, 'data') };
    }
  }
}

function field(block, name) {
  return block
    .split('\n')
    .filter(line => line.startsWith(`${name}:`))
    .map(line => line.slice(name.length + 1).replace(/^ /, ''))
    .join('\n');
}

function pause(millis, signal) {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
