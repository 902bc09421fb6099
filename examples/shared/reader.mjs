/**
 * Reads JSON streams of the Durable Streams protocol; for browsers and for Node.
 *
 * A reader takes messages and the offset behind them together or not at all, so that going on from that offset neither
 * loses nor doubles a message (section 5.8).
 */

import { Interrupted, interruptible, pause, request, retryMillis } from './requests.mjs';

/** A live read is answered at the latest after the server's own timeout, which is well below this. */
const POLL_TIMEOUT_MILLIS = 90_000;
/** The server tells the reader's place as soon as an event stream begins: where nothing comes, something buffers. */
const FIRST_EVENT_MILLIS = 10_000;
/** A silent event stream gets a comment now and then: without any, the connection is dead. */
const SILENCE_MILLIS_MAX = 45_000;

/** Events do not come through. */
class NoEvents extends Error {}

/**
 * Reads a stream from an offset on, and what is appended to it, until it is closed or `signal` says stop.
 *
 * Yields { messages, offset, closed, gap, live }: go on from `offset` once `messages` are taken. `gap` says that
 * retention has let go of messages before `offset`; `live` is how they came, "sse" or "long-poll". Where events do
 * not come through, the reader goes over to long-polls. `onLost` is called whenever the connection is; the next batch
 * says that it is back.
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

/** Batches from one event stream, until the server ends it, which it does every minute or so. */
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
        silence.set(SILENCE_MILLIS_MAX, new Interrupted('the connection is silent'));
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

/** The batch of one long-poll, which is empty when nothing came for a while. */
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

/** The events of a body of server-sent events; `onBytes` is called when there is a sign of life. */
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
      // Data is JSON, in which a carriage return is escaped: one that is bare is half of a line's end.
      text += value.replaceAll('\r', '');
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        yield { type: field(block, 'event'), data: field(block, 'data') };
      }
    }
  } finally {
    // Whoever has enough may leave before the body's end.
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

/** In the order of their names, so that the same read has the same address, and caches know it (section 10.1). */
function address(url, parameters) {
  const at = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) {
      at.searchParams.set(name, value);
    }
  }
  return at;
}

/** Ends in an error, unless it is set anew before. */
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
