/**
 * The page: one answer, named by the address's hash, read from its stream. A Reading holds what was read and the offset
 * behind it; what the page shows follows from the current Reading alone.
 */

import { follow } from '/shared/reader.mjs';

const view = Object.fromEntries([...document.querySelectorAll('[id]')].map(element => [element.id, element]));
const settings = await (await fetch('/settings.json')).json();
/** ?live=long-poll reads without events, as the page does by itself where they do not come through. */
const live = new URLSearchParams(location.search).get('live') ?? 'sse';

/** What one run through the stream, from its start on, has brought so far. */
class Reading {
  question = '';
  tokens = [];
  offset = '-1';
  /** connecting, streaming, reconnecting, disconnected, complete or failed */
  state = 'connecting';
  error = '';
  live = live;
  interruptions = 0;
  #connection;

  constructor(url) {
    this.url = url;
  }

  /** Reads on from the offset, until the answer is whole or disconnect() is called. */
  async connect() {
    const connection = new AbortController();
    this.#connection = connection;
    this.#enter('connecting');
    const onLost = () => this.#lost();
    try {
      for await (const batch of follow(this.url, { offset: this.offset, live, signal: connection.signal, onLost })) {
        this.#take(batch);
      }
      this.#enter(connection.signal.aborted ? 'disconnected' : this.error ? 'failed' : 'complete');
    } catch (error) {
      this.error = error.status === 404 ? 'There is no such answer; perhaps its time is over.' : error.message;
      this.#enter('failed');
    }
  }

  disconnect() {
    this.#connection.abort();
  }

  #take(batch) {
    for (const message of batch.messages) {
      if (message.type === 'question') {
        this.question = message.text;
      } else if (message.type === 'token') {
        this.tokens.push(message.text);
      } else if (message.error) {
        this.error = `The answer is not whole: ${message.error}.`;
      }
    }
    this.offset = batch.offset;
    this.live = batch.live;
    this.#enter('streaming');
  }

  #lost() {
    if (this.state !== 'reconnecting') {
      this.interruptions++;
      this.#enter('reconnecting');
    }
  }

  #enter(state) {
    this.state = state;
    paint();
  }
}

// ---- the current reading ----

let reading = null;
let shown = 0;

/** Reads the answer that the address names, from its start. */
function open() {
  reading?.disconnect();
  shown = 0;
  view.text.textContent = '';
  const id = location.hash.slice(1);
  reading = id === '' ? null : new Reading(new URL(`llm-tokens/${encodeURIComponent(id)}`, settings.streams));
  view.another.href = location.href;
  view.answer.hidden = !reading;
  reading?.connect();
  paintNow();
}

async function ask(event) {
  event.preventDefault();
  view.send.disabled = true;
  view.problem.hidden = true;
  try {
    const response = await fetch('/answers', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ prompt: view.prompt.value }),
    });
    const { id, error } = await response.json();
    if (error) {
      throw new Error(error);
    }
    location.hash = id;
  } catch (error) {
    complain(error.message);
  } finally {
    view.send.disabled = false;
  }
}

function complain(message) {
  view.problem.textContent = message;
  view.problem.hidden = false;
}

async function copyLink() {
  await navigator.clipboard.writeText(location.href);
  view.copy.textContent = 'Copied';
  setTimeout(() => (view.copy.textContent = 'Copy link'), 1_500);
}

// ---- painting ----

/** About how long text takes that flows in; not a number of frames, because a page in the background has few. */
const FLOW_MILLIS = 400;

let isPaintDue = false;
let paintedAt = 0;

/** Paints soon, once for all that happens until then. A hidden page has no frames. */
function paint() {
  if (!isPaintDue) {
    isPaintDue = true;
    document.hidden ? setTimeout(paintNow) : requestAnimationFrame(paintNow);
  }
}

function paintNow() {
  isPaintDue = false;
  if (!reading) {
    return;
  }
  paintTokens();
  const isBehind = shown < reading.tokens.length;
  paintState(isBehind && reading.state === 'complete' ? 'streaming' : reading.state);
  if (isBehind) {
    paint();
  }
}

/** A long way behind, as in a replay, the text flows in; else a token is shown as it comes. */
function paintTokens() {
  const behind = reading.tokens.length - shown;
  const now = performance.now();
  const isFlowing = !document.hidden && reading.state !== 'disconnected';
  const step = isFlowing ? Math.ceil(behind * Math.min(1, (now - paintedAt) / FLOW_MILLIS)) : behind;
  paintedAt = now;
  if (step > 0) {
    view.text.append(reading.tokens.slice(shown, shown + step).join(''));
    view.text.normalize();
    shown += step;
  }
}

function paintState(state) {
  view.answer.dataset.state = state;
  view.status.dataset.state = state;
  view.status.textContent = state;
  view.question.textContent = reading.question;
  view.disconnect.disabled = !['connecting', 'streaming', 'reconnecting'].includes(state);
  view.resume.disabled = state !== 'disconnected';
  view.problem.hidden = !reading.error;
  view.problem.textContent = reading.error;
  const interruptions = reading.interruptions === 1 ? '1 interruption' : `${reading.interruptions} interruptions`;
  view.facts.textContent = `${shown} tokens · ${interruptions} · ${reading.live} · offset ${reading.offset}`;
}

view.model.textContent = settings.model;
view.ask.addEventListener('submit', ask);
view.prompt.addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    view.ask.requestSubmit();
  }
});
view.disconnect.addEventListener('click', () => reading.disconnect());
view.resume.addEventListener('click', () => reading.connect());
view.replay.addEventListener('click', open);
view.copy.addEventListener('click', () => copyLink().catch(error => complain(error.message)));
addEventListener('hashchange', open);
open();
