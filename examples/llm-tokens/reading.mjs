/**
 * One run through the stream of an answer, from its start on: what was read, and the offset behind it, which go
 * together. Going on from there after whatever happened neither loses nor doubles a token.
 */

import { follow } from '/shared/reader.mjs';

export class Reading {
  question = '';
  model = '';
  tokens = [];
  /** Where in the tokens the reading was resumed. */
  seams = [];
  offset = '-1';
  /** connecting, streaming, reconnecting, disconnected, complete or failed */
  state = 'connecting';
  error = '';
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

  /** Reads on from the offset, until the answer is whole or disconnect() is called. */
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
      this.error = error.status === 404 ? 'There is no such answer; perhaps its time is over.' : error.message;
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
        this.error = `${this.tokens.length > 0 ? 'The answer is not whole' : 'There is no answer'}: ${message.error}.`;
      }
    }
    this.offset = batch.offset;
    this.live = batch.live;
    this.#enter('streaming');
  }

  #lost() {
    this.#isInterrupted = true;
    this.#enter('reconnecting');
  }

  #enter(state) {
    this.state = state;
    this.#onChange();
  }
}
