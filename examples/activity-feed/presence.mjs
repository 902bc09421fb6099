/**
 * Who is online, told by one shared stream that lives only as long as somebody is.
 *
 * Every client appends a beat, {"id","name","here":true}, and reads the beats of the others, round after round.
 * Whoever was not heard for three rounds is gone; one that leaves in an orderly way says so with "here":false. Rounds
 * are counted only when the server answers, so nobody seems to leave because the server does, and no clocks are
 * compared.
 *
 * The stream has a Stream-TTL, which every beat and every read renews: when the last client is gone, so is the
 * stream, and the next one to come creates it anew. Its retention keeps the latest beats only. One stream for each
 * client would be the other way, but then each client would have to find and ask all the others, every round.
 *
 * A round is a POST and a plain GET, not a live read: over HTTP/1.1 a browser has six connections to a server for all
 * of its tabs together, and the posts of each tab keep one already.
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
   * @param onChange gets the others who are online, in the order in which they came: [{ id, name }]
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

  /** Begins the next round at once. */
  beatNow() {
    this.#wake.abort();
  }

  /** A newcomer takes its place in the stream before its first beat, so that no answer to that is missed. */
  async #beat() {
    if (this.#offset === 'now') {
      await this.#read();
    }
    await this.#post({ ...this.#me, here: true });
    this.#hear(await this.#read());
  }

  /** What is not the stream's answer passes by itself: the next round tries again. */
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

  /** The beats since the last read. Never a cache's answer: that would be old, and would not renew the stream. */
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

  /** The page goes away, so nobody waits for the answer. */
  #leave() {
    this.#post({ ...this.#me, here: false }, { keepalive: true }).catch(() => {});
  }
}
