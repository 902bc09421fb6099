/**
 * Reads JSON streams of the Durable Streams protocol; for browsers and for Node.
 *
 * A reader processes messages together with the offset after them, so that it can continue from that offset without
 * losing or repeating a message (section 5.8).
 */

import { Interrupted, interruptible, pause, request, retryMillis } from './requests.mjs';

/** The server answers a long-poll within its own timeout, which is much shorter. */
const POLL_TIMEOUT_MILLIS = 90_000;
/** The server sends an offset at the start of an event stream; if it does not arrive, a proxy buffers the events. */
const FIRST_EVENT_MILLIS = 10_000;
/** The server sends comments on an idle event stream; if none arrives for this long, the connection is dead. */
const SILENCE_MILLIS_MAX = 45_000;

/** No events arrive. */
class NoEvents extends Error {}

/**
 * Reads a stream from an offset and follows it live, until it is closed or `signal` aborts.
 *
 * Yields { messages, offset, closed, gap, live }: continue from `offset` after processing `messages`. `gap` is true if
 * retention has dropped messages before `offset`; `live` is the mode, "sse" or "long-poll". If no events arrive, the
 * reader falls back to long-polls. It calls `onLost` when the connection is lost; the next batch means that it is back.
 */
export async function* follow(url, { offset = '-1', live = 'sse', signal, onLost = () => {} } = {}) {
  const stop = signal ?? new AbortController().signal;
  let read = live === 'sse' ? readEvents : readPolls;
  let place = { offset, cursor: undefined };
  let failures = 0;
  while (!stop.aborted) {
    try {
      for await (const batch of read(url, place, stop)) {
        failures = 0;
        place = { offset: batch.offset, cursor: batch.cursor };
        yield batch;
        if (batch.closed) {
          return;
        }
      }
    } catch (error) {
      if (stop.aborted) {
        return;
      }
      if (error instanceof NoEvents) {
        read = readPolls;
      } else if (error.earliestOffset) {
        place = { offset: error.earliestOffset, cursor: undefined };
        yield { messages: [], offset: place.offset, closed: false, gap: true, live };
      } else if (error instanceof Interrupted) {
        onLost();
        await pause(retryMillis(failures++), stop);
      } else {
        throw error;
      }
    }
  }
}

/** Yields the batches of one event stream; the server ends each after about a minute. */
async function* readEvents(url, { offset, cursor }, signal) {
  const connection = new AbortController();
  const silence = new Timer(error => connection.abort(error));
  silence.set(FIRST_EVENT_MILLIS, new NoEvents());
  try {
    const response = await request(address(url, { cursor, live: 'sse', offset }), {
      headers: { Accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, connection.signal]),
    });
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      throw new NoEvents();
    }
    let messages = [];
    let batches = 0;
    for await (const event of events(response.body, () => batches > 0 && silence.set(SILENCE_MILLIS_MAX))) {
      if (event.type === 'data') {
        messages = messages.concat(JSON.parse(event.data));
      } else if (event.type === 'control') {
        const control = JSON.parse(event.data);
        batches++;
        silence.set(SILENCE_MILLIS_MAX, new Interrupted('no events or comments arrived'));
        yield {
          messages,
          offset: control.streamNextOffset,
          cursor: control.streamCursor,
          closed: control.streamClosed === true,
          live: 'sse',
        };
        messages = [];
      }
    }
    if (batches === 0) {
      throw new Interrupted('the event stream was empty');
    }
  } catch (error) {
    throw connection.signal.aborted ? connection.signal.reason : error;
  } finally {
    silence.clear();
    connection.abort();
  }
}

/** Yields the batch of one long-poll; it is empty after a timeout. */
async function* readPolls(url, { offset, cursor }, signal) {
  const response = await request(address(url, { cursor, live: 'long-poll', offset }), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(POLL_TIMEOUT_MILLIS)]),
  });
  const text = await interruptible(() => response.text());
  yield {
    messages: text === '' ? [] : JSON.parse(text),
    offset: response.headers.get('Stream-Next-Offset'),
    cursor: response.headers.get('Stream-Cursor') ?? undefined,
    closed: response.headers.get('Stream-Closed') === 'true',
    live: 'long-poll',
  };
}

/** Yields the events of a body of server-sent events; calls `onBytes` when bytes arrive. */
export async function* events(body, onBytes = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await interruptible(() => reader.read());
      if (done) {
        return;
      }
      onBytes();
      // The data is JSON, which escapes carriage returns: a bare one is part of a line end.
      text += value.replaceAll('\r', '');
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        yield { type: field(block, 'event'), data: field(block, 'data') };
      }
    }
  } finally {
    // The caller may stop before the end of the body.
    reader.cancel().catch(() => {});
  }
}

function field(block, name) {
  return block
    .split('\n')
    .filter(line => line.startsWith(`${name}:`))
    .map(line => line.slice(name.length + 1).replace(/^ /, ''))
    .join('\n');
}

/** The parameters are in the order of their names, so that the same read has the same URL in caches (section 10.1). */
function address(url, parameters) {
  const at = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) {
      at.searchParams.set(name, value);
    }
  }
  return at;
}

/** Calls `onEnd` with an error after a time, unless it is set again or cleared. */
class Timer {
  #timer;
  #error;
  #onEnd;

  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  set(millis, error = this.#error) {
    clearTimeout(this.#timer);
    this.#error = error;
    this.#timer = setTimeout(() => this.#onEnd(error), millis);
  }

  clear() {
    clearTimeout(this.#timer);
  }
}
