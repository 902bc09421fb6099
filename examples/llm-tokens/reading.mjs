/**
 * One pass over the stream of an answer, from its beginning: the tokens read so far and the offset after them. A
 * reading that continues from that offset loses and repeats no token.
 */

import { follow } from '/shared/reader.mjs';
import { isReachable } from '/shared/requests.mjs';

export class Reading {
  question = '';
  model = '';
  tokens = [];
  /** Indexes of the tokens at which the reading was resumed. */
  seams = [];
  offset = '-1';
  /** connecting, streaming, reconnecting, disconnected, complete or failed */
  state = 'connecting';
  error = '';
  /** While it is reconnecting: the server responds, but the browser does not show the responses to this page. */
  isBlocked = false;
  live;
  #url;
  #onChange;
  #connection;
  #isInterrupted = false;

  /** @param live "sse" or "long-poll" */
  constructor(url, live, onChange) {
    this.#url = url;
    this.live = live;
    this.#onChange = onChange;
  }

  /** Reads from the offset, until the answer is complete or disconnect() is called. */
  async connect() {
    const connection = new AbortController();
    this.#connection = connection;
    this.#enter('connecting');
    const options = { offset: this.offset, live: this.live, signal: connection.signal, onLost: () => this.#lost() };
    try {
      for await (const batch of follow(this.#url, options)) {
        this.#take(batch);
      }
      this.#enter(connection.signal.aborted ? 'disconnected' : this.error ? 'failed' : 'complete');
    } catch (error) {
      this.error = error.status === 404 ? 'This answer does not exist; it may have expired.' : error.message;
      this.#enter('failed');
    }
  }

  disconnect() {
    this.#isInterrupted = true;
    this.#connection.abort();
  }

  #take(batch) {
    if (this.#isInterrupted && this.tokens.length > 0) {
      this.seams.push(this.tokens.length);
    }
    this.#isInterrupted = false;
    for (const message of batch.messages) {
      if (message.type === 'question') {
        this.question = message.text;
        this.model = message.model;
      } else if (message.type === 'token') {
        this.tokens.push(message.text);
      } else if (message.error) {
        this.error = `${this.tokens.length > 0 ? 'The answer is incomplete' : 'No answer'}: ${message.error}.`;
      }
    }
    this.offset = batch.offset;
    this.live = batch.live;
    this.#enter('streaming');
  }

  async #lost() {
    this.#isInterrupted = true;
    this.#enter('reconnecting');
    const isBlocked = await isReachable(this.#url);
    if (this.state === 'reconnecting' && this.isBlocked !== isBlocked) {
      this.isBlocked = isBlocked;
      this.#onChange();
    }
  }

  #enter(state) {
    this.state = state;
    this.isBlocked &&= state === 'reconnecting';
    this.#onChange();
  }
}
