/**
 * Writes to JSON streams of the Durable Streams protocol; for browsers and for Node.
 *
 * A producer numbers its requests and repeats each until it gets a response, and the server ignores duplicates: a
 * message is written once, however often connections and servers fail (section 5.2.1).
 */

import { Interrupted, pause, request, retryMillis, withTimeout } from './requests.mjs';

const BATCH_MESSAGES_MAX = 1_000;

/**
 * Creates a JSON stream unless it exists. Repeats the request until it gets a response, and calls `onLost` after each
 * failure.
 */
export async function createStream(url, { headers = {}, messages = [], signal, onLost } = {}) {
  const attempt = () =>
    request(url, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(messages),
      signal: withTimeout(signal),
    });
  await persist(attempt, signal, onLost);
}

/**
 * An idempotent producer; no other may use its id. Messages appended during a request are sent together in the next
 * one, so that a slow or restarting server causes larger batches instead of a longer queue of requests.
 */
export class Producer {
  #url;
  #id;
  #signal;
  #seq = 0;
  #waiting = [];
  #work = Promise.resolve();

  constructor(url, { id, signal } = {}) {
    this.#url = url;
    this.#id = id;
    this.#signal = signal;
  }

  append(message) {
    this.#waiting.push(message);
    this.#then(() => this.#send());
  }

  /** Resolves when the stream contains all appended messages; rejects if the server refuses one. */
  flush() {
    return this.#work;
  }

  /** Closes the stream after all appended messages. */
  close() {
    this.#then(() => this.#post([], { 'Stream-Closed': 'true' }));
    return this.#work;
  }

  #then(step) {
    this.#work = this.#work.then(step);
    this.#work.catch(() => {}); // flush() and close() report the error.
  }

  async #send() {
    const batch = this.#waiting.splice(0, BATCH_MESSAGES_MAX);
    if (batch.length > 0) {
      await this.#post(batch, {});
    }
  }

  async #post(batch, headers) {
    const producer = { 'Producer-Id': this.#id, 'Producer-Epoch': '0', 'Producer-Seq': String(this.#seq) };
    const attempt = () =>
      request(this.#url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...producer, ...headers },
        body: batch.length > 0 ? JSON.stringify(batch) : undefined,
        signal: withTimeout(this.#signal),
      });
    await persist(attempt, this.#signal);
    this.#seq++;
  }
}

/** Repeats an attempt while it fails with Interrupted. */
async function persist(attempt, signal, onLost = () => {}) {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Interrupted)) {
        throw error;
      }
    }
    await onLost();
    await pause(retryMillis(failures), signal);
    signal?.throwIfAborted();
  }
}
