/**
 * Writes to JSON streams of the Durable Streams protocol; for browsers and for Node.
 *
 * A producer numbers its requests and repeats each until it is answered, and the server drops what it already has:
 * however often connections and servers break, a message is written once (section 5.2.1).
 */

import { Interrupted, pause, request, retryMillis, withTimeout } from './requests.mjs';

const BATCH_MESSAGES_MAX = 1_000;

/**
 * Creates a JSON stream, or finds that it is there; repeats that until it is answered, and calls `onLost` when it is
 * not.
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
 * The one writer of its id. Messages that come while a request is under way go with the next one, so a slow server, or
 * one that is being restarted, makes larger batches and not a longer queue of requests.
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

  /** Resolves when the stream has all that was appended; rejects when it will not have it. */
  flush() {
    return this.#work;
  }

  /** Closes the stream behind all that was appended. */
  close() {
    this.#then(() => this.#post([], { 'Stream-Closed': 'true' }));
    return this.#work;
  }

  #then(step) {
    this.#work = this.#work.then(step);
    this.#work.catch(() => {}); // Told by flush() and close().
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

/** Repeats an attempt for as long as it is interrupted. */
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
    onLost();
    await pause(retryMillis(failures), signal);
    signal?.throwIfAborted();
  }
}
