/**
 * Presence: all clients share one stream, which exists only while a client is online.
 *
 * In each round, a client appends a beat, {"id","name","here":true}, and reads the beats of the others. A client
 * without a beat for three rounds is offline; a client that leaves in order appends "here":false. A round counts only
 * if the server responds, so that an outage of the server takes no client offline. No clocks are compared.
 *
 * The stream has a Stream-TTL, which every beat and every read renews: it expires after the last client has left, and
 * the next client creates it again. Its retention keeps only the latest beats. The alternative is one stream per
 * client, but then each client would have to find and read all others in every round.
 *
 * A round is a POST and a plain GET, not a live read, so that it holds none of the at most six connections that a
 * browser opens to a server over HTTP/1.1 for all tabs together.
 */

import { pause, request, StreamError } from '/shared/requests.mjs';
import { createStream } from '/shared/writer.mjs';

const ROUND_MILLIS = 2_000;
const ROUNDS_UNHEARD_MAX = 3;
const CONFIG = { 'Stream-TTL': '60', 'Stream-Retention-Max-Messages': '1000' };

export class Presence {
  #url;
  #me;
  #onChange;
  #offset = 'now';
  #round = 0;
  #others = new Map();
  #wake = new AbortController();

  /**
   * @param me { id, name } of this client; the name may change
   * @param onChange called with the other online clients in the order of their arrival: [{ id, name }]
   */
  constructor(url, me, onChange) {
    this.#url = url;
    this.#me = me;
    this.#onChange = onChange;
    addEventListener('pagehide', () => this.#leave());
    addEventListener('pageshow', () => this.beatNow());
    document.addEventListener('visibilitychange', () => document.hidden || this.beatNow());
  }

  async run() {
    for (;;) {
      await this.#beat().catch(error => this.#recover(error));
      await pause(ROUND_MILLIS, this.#wake.signal);
      this.#wake = new AbortController();
    }
  }

  /** Starts the next round at once. */
  beatNow() {
    this.#wake.abort();
  }

  /** A new client reads its offset before its first beat, so that it misses no beat after its own. */
  async #beat() {
    if (this.#offset === 'now') {
      await this.#read();
    }
    await this.#post({ ...this.#me, here: true });
    this.#hear(await this.#read());
  }

  /** Handles a refusal by the stream. After other failures, the next round retries. */
  async #recover(error) {
    if (!(error instanceof StreamError)) {
      return;
    }
    this.#offset = error.earliestOffset ?? 'now';
    if (error.status === 404) {
      const signal = AbortSignal.timeout(ROUND_MILLIS);
      await createStream(this.#url, { headers: CONFIG, signal }).then(() => this.beatNow(), console.warn);
    }
  }

  /** Reads the beats since the last read. Bypasses caches: a cached response would be old, and not renew the stream. */
  async #read() {
    const address = new URL(this.#url);
    address.searchParams.set('offset', this.#offset);
    const response = await request(address, { cache: 'no-store', signal: AbortSignal.timeout(ROUND_MILLIS) });
    const beats = await response.json();
    this.#offset = response.headers.get('Stream-Next-Offset');
    return beats;
  }

  #post(beat, options = { signal: AbortSignal.timeout(ROUND_MILLIS) }) {
    return request(this.#url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(beat),
      ...options,
    });
  }

  #hear(beats) {
    this.#round++;
    for (const { id, name, here } of beats.filter(beat => beat.id !== this.#me.id)) {
      here ? this.#others.set(id, { id, name, round: this.#round }) : this.#others.delete(id);
    }
    for (const { id, round } of this.#others.values()) {
      if (this.#round - round > ROUNDS_UNHEARD_MAX) {
        this.#others.delete(id);
      }
    }
    this.#onChange([...this.#others.values()]);
  }

  /** Sends the last beat without waiting for the response, because the page is being closed. */
  #leave() {
    this.#post({ ...this.#me, here: false }, { keepalive: true }).catch(() => {});
  }
}
