/**
 * A member of the group that follows one stream together: a tab or a SharedWorker.
 *
 * All members stand in the queue of one Web Lock. Its holder is the leader; when it is closed or killed, the browser
 * grants the lock to the next one, which continues after the last message that it has. Members talk over a
 * BroadcastChannel:
 *
 *   { type: 'hello', from }                             a member has joined or lacks messages
 *   { type: 'snapshot', to, offset, messages, lost }    the reply of the leader: its last messages
 *   { type: 'batch', start, offset, messages, closed }  the leader has read the messages between two offsets
 *   { type: 'lead', offset }                            a new leader continues from this offset
 *   { type: 'lost' }                                    the leader has lost its connection and retries
 *   { type: 'failed', problem }                         the stream cannot be read
 *
 * A member accepts a batch only if it begins at the member's own offset. It ignores what it already has, and requests
 * a snapshot if it lacks something, so no change of the leader loses or repeats a message. Offsets are compared as text
 * (section 6); the beginning, "-1", is less than all others.
 */

import { follow } from './reader.mjs';

export class Member {
  #id = crypto.randomUUID();
  #url;
  #keep;
  #onChange;
  #channel;
  #stop = new AbortController();
  #leads = false;
  #offset = '-1';
  #messages = [];
  #isLost = false;

  /**
   * @param keep number of last messages that a member keeps for those that join later
   * @param onChange called with { messages, reset, closed }, { lost: true } or { problem }
   */
  constructor(url, keep, onChange) {
    this.#url = url;
    this.#keep = keep;
    this.#onChange = onChange;
    this.#channel = new BroadcastChannel(`follow ${url}`);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#hello();
  }

  /** Leads when no earlier member does. Returns at the end of the stream, after a failure, or when it is closed. */
  async stand() {
    const { signal } = this.#stop;
    await navigator.locks.request(`follow ${this.#url}`, { signal }, () => this.#lead()).catch(() => {});
  }

  close() {
    this.#stop.abort();
    this.#channel.close();
  }

  // ---- the leader ----

  async #lead() {
    this.#leads = true;
    this.#say({ type: 'lead', offset: this.#offset });
    try {
      await this.#read();
    } catch (error) {
      this.#say({ type: 'failed', problem: error.message });
      this.#onChange({ problem: error.message });
    }
    this.#leads = false;
  }

  async #read() {
    const { signal } = this.#stop;
    const onLost = () => {
      this.#say({ type: 'lost' });
      this.#lose();
    };
    for await (const { messages, offset, closed } of follow(this.#url, { offset: this.#offset, signal, onLost })) {
      const batch = { type: 'batch', start: this.#offset, offset, messages, closed };
      this.#say(batch);
      this.#accept(batch);
    }
  }

  #welcome(newcomer) {
    if (this.#leads) {
      const last = { offset: this.#offset, messages: this.#messages, lost: this.#isLost };
      this.#say({ type: 'snapshot', to: newcomer, ...last });
    }
  }

  // ---- its followers ----

  #hear(said) {
    switch (said.type) {
      case 'hello':
        return this.#welcome(said.from);
      case 'snapshot':
        return said.to === this.#id && this.#replace(said);
      case 'batch':
        return this.#compare(said);
      case 'lead':
        return said.offset > this.#offset && this.#hello();
      case 'lost':
        return this.#lose();
      case 'failed':
        return this.#onChange({ problem: said.problem });
    }
  }

  #hello() {
    this.#say({ type: 'hello', from: this.#id });
  }

  #replace({ offset, messages, lost }) {
    if (offset > this.#offset) {
      this.#offset = offset;
      this.#messages = messages;
      this.#isLost = false;
      this.#onChange({ messages, reset: true, closed: false });
    }
    if (lost) {
      this.#lose();
    }
  }

  #compare(batch) {
    if (batch.start === this.#offset || batch.offset === this.#offset) {
      this.#accept(batch);
    } else if (batch.offset > this.#offset) {
      this.#hello();
    }
  }

  // ---- both ----

  #say(message) {
    this.#channel.postMessage(message);
  }

  #accept({ offset, messages, closed }) {
    const added = offset === this.#offset ? [] : messages;
    this.#offset = offset;
    this.#messages = this.#messages.concat(added).slice(-this.#keep);
    this.#isLost = false;
    this.#onChange({ messages: added, reset: false, closed });
  }

  #lose() {
    this.#isLost = true;
    this.#onChange({ lost: true });
  }
}
