/** The page: one answer, which the fragment of the address names. It shows the state of the current Reading. */

import { Reading } from '/reading.mjs';

const view = Object.fromEntries([...document.querySelectorAll('[id]')].map(element => [element.id, element]));
const settings = await (await fetch('/settings.json')).json();
const { title } = document;
/** ?live=long-poll reads without events, which the page also does if no events arrive. */
const live = new URLSearchParams(location.search).get('live') ?? 'sse';

const HINTS = {
  connecting: '',
  streaming: 'Each token is stored before it appears here.',
  reconnecting: 'The streams server does not respond; retrying from the offset.',
  disconnected: 'The answer continues without this page. Resume continues reading from the offset.',
  complete: 'The stream is closed. You can replay it at any time.',
};
const BLOCKED =
  `The streams server responds, but the browser blocks this page: start it with --cors-origin ${location.origin}.`;

// ---- the current reading ----

let reading = null;
let shown = 0;

/** Reads the answer that the address names from its beginning. */
function open() {
  reading?.disconnect();
  shown = 0;
  view.text.textContent = '';
  const id = location.hash.slice(1);
  reading =
    id === '' ? null : new Reading(new URL(`llm-tokens/${encodeURIComponent(id)}`, settings.streams), live, paint);
  view.another.href = location.href;
  view.answer.hidden = !reading;
  view.intro.hidden = !!reading;
  reading?.connect();
  paintNow();
}

async function ask(event) {
  event.preventDefault();
  view.send.disabled = true;
  view.problem.hidden = true;
  try {
    location.hash = await begin(view.prompt.value);
  } catch (error) {
    showProblem(error.message);
  } finally {
    view.send.disabled = false;
  }
}

/** Starts an answer to a question; returns its id. */
async function begin(prompt) {
  const request = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ prompt }) };
  const response = await fetch('/answers', request).catch(() => {
    throw new Error('The program that serves this page does not respond; restart it.');
  });
  const { id, error } = await response.json();
  if (error) {
    throw new Error(error);
  }
  return id;
}

function showProblem(message) {
  view.problem.textContent = message;
  view.problem.hidden = false;
}

async function copyLink() {
  await navigator.clipboard.writeText(location.href);
  view.copy.textContent = 'Copied';
  setTimeout(() => (view.copy.textContent = 'Copy link'), 1_500);
}

// ---- painting ----

/** About the time in which a backlog of text appears; not a number of frames, because a background page has few. */
const FLOW_MILLIS = 400;
/** At this distance from the end of the page, it scrolls to new text. */
const END_PIXELS = 120;

let isPaintDue = false;
let paintedAt = 0;

/** Schedules one paint for all changes until then. A hidden page has no frames. */
function paint() {
  if (!isPaintDue) {
    isPaintDue = true;
    document.hidden ? setTimeout(paintNow) : requestAnimationFrame(paintNow);
  }
}

function paintNow() {
  isPaintDue = false;
  document.title = reading?.question || title;
  if (!reading) {
    return;
  }
  const page = document.documentElement;
  const isAtEnd = page.scrollHeight - innerHeight - scrollY < END_PIXELS;
  paintTokens();
  const hasBacklog = shown < reading.tokens.length;
  paintState(hasBacklog && reading.state === 'complete' ? 'streaming' : reading.state);
  if (hasBacklog) {
    paint();
  }
  if (isAtEnd && reading.state === 'streaming') {
    scrollTo(0, page.scrollHeight);
  }
}

/** Shows a token when it arrives, and a backlog of tokens, such as that of a replay, gradually. */
function paintTokens() {
  const backlog = reading.tokens.length - shown;
  const now = performance.now();
  const isFlowing = !document.hidden && reading.state !== 'disconnected';
  const step = isFlowing ? Math.ceil(backlog * Math.min(1, (now - paintedAt) / FLOW_MILLIS)) : backlog;
  paintedAt = now;
  for (const end = shown + step; shown < end; shown++) {
    if (reading.seams.includes(shown)) {
      view.text.append(seam());
    }
    view.text.append(reading.tokens[shown]);
  }
  view.text.normalize();
}

/** A mark where the reading was resumed. Its label is in the style sheet, because it is not part of the text. */
function seam() {
  const mark = document.createElement('span');
  mark.className = 'seam';
  return mark;
}

function paintState(state) {
  view.answer.dataset.state = state;
  view.answer.classList.toggle('missing', state === 'failed' && reading.question === '');
  view.status.dataset.state = state;
  view.status.textContent = state;
  view.hint.textContent = reading.error || (reading.isBlocked ? BLOCKED : HINTS[state]);
  view.question.textContent = reading.question;
  view.model.textContent = reading.model;
  view.resume.hidden = state !== 'disconnected';
  view.disconnect.hidden = !view.resume.hidden;
  view.disconnect.disabled = !['connecting', 'streaming', 'reconnecting'].includes(state);
  const facts = [`${shown} tokens`, resumed(reading.seams.length), reading.live, `offset ${reading.offset}`];
  view.facts.textContent = facts.filter(Boolean).join(' · ');
}

function resumed(count) {
  return ['', 'resumed once', 'resumed twice'][count] ?? `resumed ${count} times`;
}

view.asked.textContent = settings.model;
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
view.copy.addEventListener('click', () => copyLink().catch(error => showProblem(error.message)));
addEventListener('hashchange', open);
open();
