/**
 * A window of a stream: the messages of contiguous batches, bounded by number and size. A batch is what one response or
 * event contained, so its beginning and its end are offsets; the messages in it are counted from its beginning.
 */

import { valuesOf } from './json.mjs';

const MESSAGES_MAX = 5_000;
const SIZE_MAX = 16 << 20;

const isJson = contentType => /^application\/json\b/i.test(contentType);
const isText = contentType => /^text\/|^application\/(x-)?(ndjson|yaml|xml)\b|[+]xml\b/i.test(contentType);

/**
 * Makes a batch of the content of a response or event, which is a text if the stream contains text, and else bytes. Text
 * is shown by lines, because where its appends end is not known.
 *
 * @param at when it arrived, if it was received live
 */
export function batchOf({ contentType, content, start, next, at = null }) {
  const values = content.flatMap(each => {
    if (isJson(contentType)) {
      return valuesOf(each);
    }
    return typeof each === 'string' ? linesOf(each) : each.length > 0 ? [each] : [];
  });
  const messages = values.map((value, index) => ({ value, start, index, count: values.length, next, at }));
  return { start, next, messages, size: values.reduce((sum, value) => sum + value.length, 0) };
}

function linesOf(text) {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Whether content of this type is shown as text. */
export const isReadable = contentType => isJson(contentType) || isText(contentType);

export class MessageBuffer {
  #batches = [];
  #size = 0;
  /** All messages of the batches, in order; read only. */
  messages = [];

  get start() {
    return this.#batches[0]?.start;
  }

  get isFull() {
    return this.messages.length >= MESSAGES_MAX || this.#size >= SIZE_MAX;
  }

  clear() {
    this.#batches = [];
    this.#size = 0;
    this.messages = [];
  }

  /** Adds a batch at the end. Returns the number of messages that were dropped from the beginning. */
  append(batch) {
    this.#add(batch);
    this.#batches.push(batch);
    this.messages.push(...batch.messages);
    let dropped = 0;
    while (this.#isOver(dropped)) {
      dropped += this.#remove(this.#batches.shift());
    }
    this.messages.splice(0, dropped);
    return dropped;
  }

  /** Adds a batch at the beginning. Returns the number of messages that were dropped from the end. */
  prepend(batch) {
    this.#add(batch);
    this.#batches.unshift(batch);
    this.messages = batch.messages.concat(this.messages);
    let dropped = 0;
    while (this.#isOver(dropped)) {
      dropped += this.#remove(this.#batches.pop());
    }
    this.messages.length -= dropped;
    return dropped;
  }

  /** The offset after the last message. */
  get end() {
    return this.#batches.at(-1)?.next;
  }

  #isOver(dropped) {
    const isOver = this.messages.length - dropped > MESSAGES_MAX || this.#size > SIZE_MAX;
    return isOver && this.#batches.length > 1;
  }

  #add(batch) {
    this.#size += batch.size;
  }

  #remove(batch) {
    this.#size -= batch.size;
    return batch.messages.length;
  }
}
