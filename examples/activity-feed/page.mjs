/**
 * The page: a room of the feed, which the fragment of the address names. A room has two streams:
 *
 *   activity-feed/ROOM/posts      the latest 500 posts; each tab is a producer, so that a post which is repeated after
 *                                 a lost connection is stored once
 *   activity-feed/ROOM/presence   who is online; see presence.mjs
 *
 * Each tab creates them: a PUT of an existing stream with the same configuration changes nothing.
 *
 * Over HTTP/1.1, all tabs of a room follow the posts by one live read. Over TLS, browsers speak HTTP/2, and each tab has
 * a live read of its own on a shared connection.
 */

import { Presence } from '/presence.mjs';
import { follow } from '/shared/reader.mjs';
import { isReachable } from '/shared/requests.mjs';
import { followTogether } from '/shared/together.mjs';
import { createStream, Producer } from '/shared/writer.mjs';

const POSTS_KEPT = 500;
const AWAY =
  'The streams server does not respond. This page retries; it keeps your posts and sends each once.';
const BLOCKED =
  `The streams server responds, but the browser blocks this page: start it with --cors-origin ${location.origin}.`;
const ANIMALS = [
  'Badger',
  'Curlew',
  'Dormouse',
  'Egret',
  'Fox',
  'Heron',
  'Ibex',
  'Lynx',
  'Marten',
  'Otter',
  'Wren',
  'Yak',
];
const COLOURS = ['Amber', 'Azure', 'Coral', 'Crimson', 'Golden', 'Indigo', 'Ivory', 'Jade', 'Olive', 'Scarlet', 'Teal'];

const view = Object.fromEntries([...document.querySelectorAll('[id]')].map(element => [element.id, element]));
const { streams } = await (await fetch('/settings.json')).json();
const room = location.hash.slice(1) || 'lobby';
const me = { id: crypto.randomUUID(), name: keptName() ?? `${pick(COLOURS)} ${pick(ANIMALS)}` };

const posts = new URL(`activity-feed/${encodeURIComponent(room)}/posts`, streams);
const onLost = () => enter('reconnecting', AWAY);
/** Posts wait for this. It is the first write, so a server that allows this page no writes is noticed here. */
const created = createStream(posts, {
  headers: { 'Stream-Retention-Max-Messages': String(POSTS_KEPT) },
  onLost: async () => enter('reconnecting', (await isReachable(posts)) ? BLOCKED : AWAY),
});
const producer = new Producer(posts, { id: me.id });
const presence = new Presence(new URL(`activity-feed/${encodeURIComponent(room)}/presence`, streams), me, showOnline);

function pick(words) {
  return words[Math.floor(Math.random() * words.length)];
}

/** The name of this tab before it was loaded again; none where the browser blocks storage. */
function keptName() {
  try {
    return sessionStorage.getItem('name');
  } catch {
    return null;
  }
}

function keepName() {
  try {
    sessionStorage.setItem('name', me.name);
  } catch {
    // The browser blocks storage: the tab gets another name when it is loaded again.
  }
}

// ---- posts ----

async function watch() {
  enter('connecting');
  await created;
  const read = posts.protocol === 'http:' ? followTogether : follow;
  for await (const { messages, reset } of read(posts, { keep: POSTS_KEPT, onLost })) {
    enter('live');
    showPosts(messages, reset);
  }
}

async function post(event) {
  event.preventDefault();
  const text = view.text.value.trim();
  if (text === '') {
    return;
  }
  const message = { id: me.id, name: me.name, text, at: Date.now() };
  const waiting = showWaiting(message);
  view.text.value = '';
  try {
    await created;
    producer.append(message);
    await producer.flush();
    waiting.remove();
  } catch (error) {
    waiting.classList.add('lost');
    fail(error);
  }
}

function rename() {
  me.name = view.name.value.trim() || me.name;
  view.name.value = me.name;
  keepName();
  presence.beatNow();
  showOnline(others);
}

// ---- painting ----

/** At this distance from the end, the list scrolls to new posts. */
const END_PIXELS = 40;

let others = [];

function enter(state, problem = '') {
  view.status.dataset.state = state;
  view.status.textContent = state;
  keepEndVisible(() => {
    view.problem.textContent = problem;
    view.problem.hidden = view.problem.textContent === '';
  });
}

/** Makes a change to the page, after which the last post is visible if it was visible before. */
function keepEndVisible(change) {
  const list = view.posts;
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < END_PIXELS;
  change();
  if (isAtEnd) {
    list.scrollTop = list.scrollHeight;
  }
}

function fail(error) {
  enter('failed', error.message);
}

function showPosts(messages, reset) {
  const list = view.posts;
  keepEndVisible(() => {
    if (reset) {
      list.replaceChildren();
    }
    list.append(...messages.map(postItem));
    while (list.children.length > POSTS_KEPT) {
      list.firstElementChild.remove();
    }
    view.empty.hidden = list.children.length > 0;
  });
}

/** Shows a post that is not in the stream yet. */
function showWaiting(message) {
  const item = postItem(message);
  keepEndVisible(() => view.waiting.append(item));
  return item;
}

function postItem({ id, name, text, at }) {
  const item = element('li', 'post');
  const head = element('p', 'head');
  head.append(
    element('b', '', name),
    element('time', 'quiet', new Date(at).toLocaleTimeString([], { timeStyle: 'short' })),
  );
  const body = element('div', 'body');
  body.append(head, element('p', 'words', text));
  item.append(avatar(id, name), body);
  item.classList.toggle('mine', id === me.id);
  return item;
}

function showOnline(present) {
  others = present;
  view.count.textContent = others.length + 1;
  view.online.replaceChildren(onlineItem(me, 'you'), ...others.map(other => onlineItem(other, '')));
}

function onlineItem({ id, name }, note) {
  const item = element('li', 'person');
  item.dataset.id = id;
  item.append(avatar(id, name), element('span', 'name', name), element('span', 'quiet', note));
  return item;
}

function avatar(id, name) {
  const initials = String(name)
    .split(/\s+/)
    .slice(0, 2)
    .map(word => [...word][0] ?? '')
    .join('');
  const circle = element('span', 'avatar', initials.toUpperCase());
  circle.style.setProperty('--hue', parseInt(String(id).slice(0, 4), 16) % 360 || 0);
  circle.ariaHidden = 'true';
  return circle;
}

function element(name, className, text = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

view.room.textContent = room;
view.another.href = location.href;
view.name.value = me.name;
view.name.addEventListener('change', rename);
view.write.addEventListener('submit', post);
addEventListener('hashchange', () => location.reload());
keepName();
showOnline([]);
watch().catch(fail);
presence.run();
