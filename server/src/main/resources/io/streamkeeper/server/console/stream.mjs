/** One stream: its properties, a window of its messages, the actions on it, and new messages as they arrive. */

import { append, changing, closing, deletion, fork } from './actions.mjs';
import { batchOf, isReadable, MessageBuffer } from './buffer.mjs';
import { ask } from './dialogs.mjs';
import { button, copy, element, factsOf } from './dom.mjs';
import { follow } from './events.mjs';
import { place, preview } from './message.mjs';
import { curl, send, streamTarget } from './requests.mjs';
import './list.mjs';

const PAGE_MESSAGES = 200;
const PAGE_BYTES = 256 << 10;
/** The offset of the beginning of every stream. */
const BEGINNING = '0000000000000000_0000000000000000';

class StreamView extends HTMLElement {
  #path;
  /** The metadata that can be changed, and its tag. */
  #metadata = {};
  #contentType = '';
  #earliest = BEGINNING;
  #buffer = new MessageBuffer();
  /** The offset before which older messages are; undefined at the beginning. */
  #previous;
  #isAtTail = false;
  #isLoading = false;
  #following;
  #arrived = [];
  #leaving = new AbortController();

  #title = element('h1');
  #facts = element('dl', { className: 'facts' });
  #status = element('output', { className: 'status', role: 'status' });
  #problem = element('p', { className: 'problem', role: 'alert', hidden: true });
  #list = element('virtual-list', { id: 'messages', role: 'listbox', ariaLabel: 'Messages' });
  #message = element('message-view', { hidden: true });
  #followButton = button('Follow', () => (this.#following ? this.#pause() : this.#toTail()));

  constructor(path) {
    super();
    this.#path = path;
  }

  connectedCallback() {
    this.#title.textContent = this.#path;
    const tools = [
      this.#followButton,
      button('Beginning', () => this.#toBeginning()),
      button('Append', () => this.#act(append(this.#path, this.#contentType)), { className: 'primary' }),
      button('Fork', () => this.#fork(null)),
      button('Change', () => this.#act(changing(this.#path, this.#metadata))),
      button('Close', () => this.#act(closing(this.#path))),
      button('Delete', () => this.#delete(), { className: 'danger' }),
      button('Copy as curl', () => copy(this.#command(), 'The command is copied')),
    ];
    this.append(
      element(
        'div',
        { className: 'head' },
        element('a', { href: '#/', className: 'back', textContent: '‹ Streams' }),
        this.#title,
        this.#status,
      ),
      this.#facts,
      element('div', { className: 'buttons', role: 'toolbar', ariaLabel: 'Actions' }, ...tools),
      this.#problem,
      this.#list,
      this.#message,
    );
    this.#list.sticks = true;
    this.#list.render = index => this.#row(index);
    this.#list.addEventListener('choose', ({ detail }) => this.#choose(detail));
    this.#list.addEventListener('start', () => this.#loadOlder());
    this.#list.addEventListener('end', () => this.#loadNewer());
    this.#run(() => this.#open());
  }

  disconnectedCallback() {
    this.#leaving.abort();
    this.#following?.abort();
  }

  /** Runs a step, and shows its failure. */
  async #run(step) {
    try {
      await step();
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#show(error.message);
        this.#state('failed');
      }
    }
  }

  #show(problem) {
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === '';
  }

  #state(name) {
    this.#status.dataset.state = name;
    this.#status.textContent = name;
    this.#followButton.textContent = this.#following ? 'Pause' : 'Follow';
  }

  #command() {
    const query = { offset: this.#buffer.end ?? '-1', ...(this.#following ? { live: 'sse' } : {}) };
    return curl({ target: streamTarget(this.#path, query) }, this.#following ? ['-N'] : ['-i']);
  }

  // ---- properties ----

  async #describe() {
    const { signal } = this.#leaving;
    const { headers } = await send({ method: 'HEAD', target: streamTarget(this.#path) }, signal).catch(async error => {
      // The response to HEAD has no body, so the reason is in that to a read.
      await send({ target: streamTarget(this.#path, { offset: 'now' }) }, signal);
      throw error;
    });
    const get = name => headers.get(name) ?? '';
    this.#contentType = get('Content-Type');
    this.#earliest = get('Stream-Earliest-Offset') || BEGINNING;
    this.#metadata = {
      contentType: this.#contentType,
      ttl: get('Stream-TTL'),
      expiresAt: get('Stream-Expires-At'),
      maxAge: get('Stream-Retention-Max-Age'),
      maxBytes: get('Stream-Retention-Max-Bytes'),
      maxMessages: get('Stream-Retention-Max-Messages'),
      tag: get('Stream-Metadata-Tag'),
    };
    const { ttl, expiresAt, maxAge, maxBytes, maxMessages, tag } = this.#metadata;
    const facts = {
      type: this.#contentType,
      tail: get('Stream-Next-Offset'),
      earliest: get('Stream-Earliest-Offset'),
      'last append': get('Stream-Last-Append-At'),
      closed: get('Stream-Closed') && 'yes',
      'expires after': ttl && `${ttl} s`,
      'expires at': expiresAt,
      'keeps for': maxAge && `${maxAge} s`,
      'keeps bytes': maxBytes,
      'keeps messages': maxMessages,
      'metadata tag': tag,
    };
    this.#facts.replaceChildren(...factsOf(facts));
    return get('Stream-Closed') === 'true';
  }

  // ---- the window ----

  async #open() {
    this.#state('loading');
    const isClosed = await this.#describe();
    await this.#loadTail();
    isClosed ? this.#state('closed') : this.#startFollowing();
  }

  #isJson() {
    return this.#contentType.startsWith('application/json');
  }

  /** Reads a page: never more than some hundred KiB, however long the stream is. */
  async #page(query) {
    const limits = this.#isJson() ? { limit: PAGE_MESSAGES, max_bytes: PAGE_BYTES } : { max_bytes: PAGE_BYTES };
    const request = { target: streamTarget(this.#path, { ...query, ...limits }) };
    const response = await send(request, this.#leaving.signal);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const start = response.headers.get('Stream-Previous-Offset');
    const content = isReadable(this.#contentType) ? new TextDecoder().decode(bytes) : bytes;
    const batch = batchOf({
      contentType: this.#contentType,
      content: [content],
      start: query.direction ? (start ?? this.#earliest) : query.offset === '-1' ? this.#earliest : query.offset,
      next: response.headers.get('Stream-Next-Offset'),
    });
    return { batch, previous: start ?? undefined, isAtTail: response.headers.has('Stream-Up-To-Date') };
  }

  async #loadTail() {
    const { batch, previous } = await this.#page({ direction: 'backward' });
    this.#replace(batch, previous, true);
    this.#list.scrollToEnd();
  }

  #replace(batch, previous, isAtTail) {
    this.#buffer.clear();
    this.#arrived = [];
    this.#message.hide();
    this.#list.active = -1;
    this.#buffer.append(batch);
    this.#previous = previous;
    this.#isAtTail = isAtTail;
    this.#list.resize(this.#buffer.messages.length);
  }

  async #toTail() {
    await this.#run(async () => {
      this.#show('');
      await this.#describe();
      await this.#loadTail();
      this.#startFollowing();
    });
  }

  async #toBeginning() {
    this.#pause();
    await this.#run(async () => {
      const { batch, isAtTail } = await this.#page({ offset: '-1' });
      this.#replace(batch, undefined, isAtTail);
      this.#list.scrollTop = 0;
    });
  }

  async #loadOlder() {
    await this.#load(this.#previous !== undefined, async () => {
      const { batch, previous } = await this.#page({ direction: 'backward', offset: this.#previous });
      const dropped = this.#buffer.prepend(batch);
      this.#previous = previous;
      if (dropped > 0) {
        this.#isAtTail = false;
        this.#pause();
      }
      this.#list.resize(this.#buffer.messages.length, batch.messages.length);
    });
  }

  async #loadNewer() {
    await this.#load(!this.#isAtTail && !this.#following, async () => {
      const { batch, isAtTail } = await this.#page({ offset: this.#buffer.end });
      this.#isAtTail = isAtTail;
      this.#add([batch]);
    });
  }

  async #load(isNeeded, step) {
    if (isNeeded && !this.#isLoading) {
      this.#isLoading = true;
      await this.#run(step);
      this.#isLoading = false;
    }
  }

  /** Adds batches at the end; what is dropped at the beginning can be loaded again. */
  #add(batches) {
    let dropped = 0;
    for (const batch of batches) {
      dropped += this.#buffer.append(batch);
    }
    if (dropped > 0) {
      this.#previous = this.#buffer.start;
    }
    this.#list.resize(this.#buffer.messages.length, -dropped);
    if (this.#following) {
      this.querySelector('[data-name=tail] dd').textContent = this.#buffer.end;
    }
  }

  // ---- following ----

  async #startFollowing() {
    const following = new AbortController();
    this.#following?.abort();
    this.#following = following;
    this.#state('live');
    await this.#run(async () => {
      await follow(this.#path, this.#buffer.end, {
        signal: following.signal,
        onBatch: batch => following === this.#following && this.#receive(batch),
        onLost: error => {
          this.#show(error.message);
          this.#state('reconnecting');
        },
      });
    });
    if (this.#following === following) {
      this.#following = undefined;
      this.#flush();
      this.#state(following.signal.aborted ? 'paused' : this.#status.dataset.state === 'failed' ? 'failed' : 'closed');
    }
  }

  /** Collects what arrives until the next frame, so that any rate costs the page one change for each frame. */
  #receive({ data, encoded, start, next, closed }) {
    if (this.#status.dataset.state !== 'live') {
      this.#show('');
      this.#state('live');
    }
    if (data.length > 0) {
      const content = encoded ? data.map(bytesOf) : data;
      this.#arrived.push(batchOf({ contentType: this.#contentType, content, start, next, at: new Date() }));
      if (this.#arrived.length === 1) {
        requestAnimationFrame(() => this.#flush());
      }
    }
    if (closed) {
      this.#run(() => this.#describe());
    }
  }

  #flush() {
    const arrived = this.#arrived;
    this.#arrived = [];
    if (arrived.length === 0) {
      return;
    }
    this.#add(arrived);
    if (this.#buffer.isFull && !this.#list.isAtEnd) {
      this.#pause();
    }
  }

  #pause() {
    this.#following?.abort();
    this.#following = undefined;
    this.#isAtTail = false;
    this.#state('paused');
  }

  // ---- rows and actions ----

  #row(index) {
    const message = this.#buffer.messages[index];
    return element(
      'div',
      { role: 'option' },
      element('span', { className: 'place', textContent: place(message), title: message.start }),
      element('span', { className: 'value', textContent: preview(message) }),
      element('time', { className: 'quiet', textContent: message.at?.toLocaleTimeString() ?? '' }),
    );
  }

  #choose(index) {
    this.#message.show(this.#buffer.messages[index], this.#isJson(), at => this.#fork(at));
  }

  async #act(action) {
    if (await ask(action)) {
      await this.#run(() => this.#describe());
      if (!this.#following) {
        await this.#loadNewer();
      }
    }
  }

  async #fork(at) {
    const forked = await ask(fork(this.#path, at));
    if (forked) {
      this.#changed();
      location.hash = `/${forked.path}`;
    }
  }

  async #delete() {
    if (await ask(deletion(this.#path))) {
      this.#changed();
      location.hash = '/';
    }
  }

  #changed() {
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), character => character.charCodeAt(0));
}

customElements.define('stream-view', StreamView);

export { StreamView };
