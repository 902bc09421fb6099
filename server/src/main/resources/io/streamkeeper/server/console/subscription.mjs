/** One subscription: its configuration and state, its links with cursor and tail, and the actions on it. */

import { ask } from './dialogs.mjs';
import { button, bytesText, copy, durationText, element, factsOf } from './dom.mjs';
import { shortOffset } from './message.mjs';
import { Poll } from './poll.mjs';
import { curl, send } from './requests.mjs';
import { linking, replaying, subscriptionRequest, unlinking, unsubscribing } from './subscribing.mjs';
import './list.mjs';

/** The links that are read again while the page is visible; further ones are read as the list is scrolled. */
const PAGE = 200;

/** How much a subscription has not acknowledged, on one line; empty for nothing. */
export function lagText({ pending_streams: streams, pending_bytes: bytes, pending_ms: millis }) {
  return streams === 0 ? '' : `${bytesText(bytes)}, ${durationText(millis / 1000)}`;
}

class SubscriptionView extends HTMLElement {
  #id;
  #links = [];
  #next;
  #chosen;
  #isLoading = false;
  #onlyPending = false;
  #leaving = new AbortController();
  #poll = new Poll(() => this.#read());

  #facts = element('dl', { className: 'facts' });
  #status = element('output', { className: 'status', role: 'status' });
  #problem = element('p', { className: 'problem', role: 'alert', hidden: true });
  #list = element('virtual-list', { id: 'links', role: 'listbox', ariaLabel: 'Streams of the subscription' });
  #empty = element('p', { className: 'quiet empty', hidden: true });
  #link = element('section', { className: 'detail', hidden: true, ariaLabel: 'The chosen stream' });
  #tools = element('div', { className: 'buttons', role: 'toolbar', ariaLabel: 'Actions' });

  constructor(id) {
    super();
    this.#id = id;
  }

  connectedCallback() {
    const pending = element('input', { type: 'checkbox', onchange: () => this.#filter(pending.checked) });
    this.#tools.append(
      button('Add streams', () => this.#act(linking(this.#id)), { className: 'primary' }),
      button('Delete', () => this.#delete(), { className: 'danger' }),
      button('Copy as curl', () => copy(curl(subscriptionRequest(this.#id, this.#query())), 'The command is copied')),
      element('label', { className: 'check' }, pending, 'only streams with a lag'),
    );
    this.append(
      element(
        'div',
        { className: 'head' },
        element('a', { href: '#subscriptions', className: 'back', textContent: '‹ Subscriptions' }),
        element('h1', { textContent: this.#id }),
        this.#status,
      ),
      this.#facts,
      this.#tools,
      this.#problem,
      this.#empty,
      this.#list,
      this.#link,
    );
    this.#state('loading');
    this.#list.render = index => this.#row(this.#links[index]);
    this.#list.addEventListener('choose', ({ detail }) => this.#showLink(this.#links[detail]));
    this.#list.addEventListener('end', () => this.#readMore());
    this.#poll.now();
  }

  disconnectedCallback() {
    this.#poll.end();
    this.#leaving.abort();
  }

  // ---- reading ----

  #query(after = undefined) {
    return { limit: PAGE, ...(this.#onlyPending ? { pending: true } : {}), ...(after === undefined ? {} : { after }) };
  }

  async #page(after) {
    return (await send(subscriptionRequest(this.#id, this.#query(after)), this.#leaving.signal)).json();
  }

  async #read() {
    const onlyPending = this.#onlyPending;
    await this.#run(async () => {
      const view = await this.#page();
      if (onlyPending !== this.#onlyPending) {
        return;
      }
      const isLonger = view.next !== undefined && this.#links.length > view.streams.length;
      const rest = isLonger ? this.#links.slice(this.#links.findLastIndex(({ path }) => path === view.next) + 1) : [];
      this.#show(view);
      this.#setLinks(view.streams.concat(rest), rest.length > 0 ? this.#next : view.next);
    });
  }

  async #readMore() {
    if (this.#next === undefined || this.#isLoading) {
      return;
    }
    this.#isLoading = true;
    const after = this.#next;
    await this.#run(async () => {
      const { streams, next } = await this.#page(after);
      if (after === this.#next) {
        this.#setLinks(this.#links.concat(streams), next);
      }
    });
    this.#isLoading = false;
  }

  /** Runs a step; after a refusal no state is shown, and without a response the old one, marked as such. */
  async #run(step) {
    let problem = '';
    try {
      await step();
      this.classList.remove('stale');
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
      problem = error.message;
      const isRefused = error.status !== undefined;
      this.#state(isRefused ? 'refused' : 'unreachable');
      this.classList.toggle('stale', !isRefused);
      if (isRefused) {
        this.#facts.replaceChildren();
        this.#setLinks([], undefined);
        this.#empty.hidden = true;
      }
    }
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === '';
  }

  #state(name) {
    this.#status.dataset.state = name;
    this.#status.textContent = name;
  }

  #show(view) {
    this.#state(view.state);
    const until = time => (time ? `${time} (${durationText((Date.parse(time) - Date.now()) / 1000)})` : '');
    this.#facts.replaceChildren(
      ...factsOf({
        type: view.type,
        pattern: view.pattern,
        webhook: view.webhook?.url,
        'wake stream': view.wake_stream,
        description: view.description,
        lag: lagText(view) || 'none',
        'streams with a lag': `${view.pending_streams} of ${view.stream_count}`,
        incomplete: view.lacks_room && 'there is no room for all links',
        generation: view.generation || '',
        holder: view.holder,
        'lease until': until(view.lease_until),
        'failed attempts': view.attempts || '',
        'next attempt': until(view.next_attempt_at),
        'last error': view.last_error,
        lease: `${view.lease_ttl_ms / 1000} s`,
        created: view.created_at,
      }),
    );
  }

  #setLinks(links, next) {
    this.#links = links;
    this.#next = next;
    this.#empty.textContent = this.#onlyPending ? 'Everything is acknowledged.' : 'It has no streams yet.';
    this.#empty.hidden = links.length > 0;
    this.#list.resize(links.length);
    const chosen = this.#chosen && links.find(({ path }) => path === this.#chosen.path);
    if (chosen && JSON.stringify(chosen) !== JSON.stringify(this.#chosen)) {
      this.#showLink(chosen);
    }
  }

  #filter(onlyPending) {
    this.#onlyPending = onlyPending;
    this.#list.active = -1;
    this.#setLinks([], undefined);
    this.#empty.hidden = true;
    this.#poll.now();
  }

  // ---- links ----

  #row(link) {
    return element(
      'div',
      { role: 'option', title: link.path },
      element('span', { className: 'name', textContent: link.path }),
      element('span', { className: 'quiet narrow', textContent: link.link_type === 'explicit' ? 'by name' : '' }),
      element('span', {
        className: 'place',
        textContent: `${shortOffset(link.acked_offset)} → ${shortOffset(link.tail_offset)}`,
      }),
      element('span', { className: 'lag', textContent: link.has_pending ? bytesText(link.pending_bytes) : '' }),
    );
  }

  #showLink(link) {
    const hadFocus = this.#link.contains(document.activeElement) ? document.activeElement.textContent : null;
    this.#chosen = link;
    this.#link.hidden = false;
    this.#link.replaceChildren(
      element(
        'div',
        { className: 'buttons' },
        button('Open the stream', () => (location.hash = `/${link.path}`)),
        button('Replay…', () => this.#act(replaying(this.#id, this.#chosen))),
        link.link_type === 'explicit' ? button('Remove', () => this.#act(unlinking(this.#id, link.path)), { className: 'danger' }) : null,
        button('×', () => this.#hideLink(), { ariaLabel: 'Hide the stream', className: 'last' }),
      ),
      element(
        'dl',
        { className: 'facts' },
        ...factsOf({
          stream: link.path,
          linked: link.link_type === 'explicit' ? 'by name' : 'by the pattern',
          cursor: link.acked_offset,
          tail: link.tail_offset,
          lag: link.has_pending ? bytesText(link.pending_bytes) : 'none',
        }),
      ),
    );
    [...this.#link.querySelectorAll('button')].find(({ textContent }) => textContent === hadFocus)?.focus();
  }

  #hideLink() {
    this.#chosen = undefined;
    this.#link.hidden = true;
    this.#list.focus();
  }

  // ---- actions ----

  async #act(action) {
    const done = await ask(action);
    if (done) {
      this.#poll.now();
      this.dispatchEvent(new Event('change', { bubbles: true }));
    }
    return done;
  }

  async #delete() {
    if (await this.#act(unsubscribing(this.#id))) {
      location.hash = 'subscriptions';
    }
  }
}

customElements.define('subscription-view', SubscriptionView);

export { SubscriptionView };
