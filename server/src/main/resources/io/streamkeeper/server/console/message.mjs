/** One message in full: its offset, its value as JSON, text or bytes, and the fork after it. */

import { button, copy, element } from './dom.mjs';
import { pretty } from './json.mjs';

const SHOWN_MAX = 200_000;
const PREVIEW_MAX = 300;
const HEX_BYTES_MAX = 16 << 10;
const HEX_LINE_BYTES = 16;

/** A message on one line. */
export function preview({ value }) {
  return typeof value === 'string'
    ? value.slice(0, PREVIEW_MAX).replaceAll(/\s+/g, ' ')
    : [...value.subarray(0, 24)].map(hex).join(' ') + (value.length > 24 ? ' …' : '');
}

/** The second half of an offset, without the zeros at its beginning. */
export const shortOffset = offset => /_0*(\d+)$/.exec(offset)?.[1] ?? offset;

/** The place of a message for people: the second half of the offset at which its batch begins, and its number there. */
export function place({ start, index, count }) {
  return count > 1 ? `${shortOffset(start)} +${index}` : shortOffset(start);
}

const hex = byte => byte.toString(16).padStart(2, '0');

class MessageView extends HTMLElement {
  #message;
  #isRaw = false;
  #isJson = false;

  /** Shows a message; `onFork` is called with the place after it. */
  show(message, isJson, onFork) {
    this.#message = message;
    this.#isJson = isJson;
    this.onFork = onFork;
    this.hidden = false;
    this.#paint();
  }

  hide() {
    this.hidden = true;
    this.#message = undefined;
  }

  #paint() {
    const { start, next, index, count, at } = this.#message;
    const facts = [
      ['in the batch after', start],
      ['which ends at', next],
      ['number in it', `${index + 1} of ${count}`],
      ['received', at === null ? '' : at.toLocaleTimeString()],
    ];
    this.replaceChildren(
      element(
        'div',
        { className: 'buttons' },
        this.#isJson
          ? button(this.#isRaw ? 'JSON' : 'Raw', () => {
              this.#isRaw = !this.#isRaw;
              this.#paint();
            })
          : null,
        button('Copy', () => copy(this.#text(), 'The message is copied')),
        button(this.#isJson ? 'Fork after it' : 'Fork after its batch', () => this.onFork(this.#place())),
        button('×', () => this.hide(), { ariaLabel: 'Hide the message', className: 'last' }),
      ),
      element('pre', { textContent: this.#text().slice(0, SHOWN_MAX), tabIndex: 0 }),
      element(
        'dl',
        {},
        ...facts
          .filter(([, value]) => value !== '')
          .flatMap(([name, value]) => [element('dt', { textContent: name }), element('dd', { textContent: value })]),
      ),
    );
  }

  #text() {
    const { value } = this.#message;
    if (typeof value !== 'string') {
      return hexDump(value);
    }
    return this.#isJson && !this.#isRaw ? pretty(value) : value;
  }

  /** Only the messages of a JSON stream can be counted from an offset. */
  #place() {
    const { start, next, index, count } = this.#message;
    if (!this.#isJson) {
      return { offset: next, what: 'batch' };
    }
    return index + 1 === count
      ? { offset: next, what: 'message' }
      : { offset: start, distance: index + 1, what: 'message' };
  }
}

function hexDump(bytes) {
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES_MAX); at += HEX_LINE_BYTES) {
    const line = [...bytes.subarray(at, at + HEX_LINE_BYTES)];
    const text = line.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${line.map(hex).join(' ').padEnd(47)}  ${text}`);
  }
  return lines.join('\n') + (bytes.length > HEX_BYTES_MAX ? `\n… ${bytes.length} bytes` : '');
}

customElements.define('message-view', MessageView);
