/** The subscriptions in the order of their ids, read page by page as the list is scrolled, and again while it is visible. */

import { ask } from './dialogs.mjs';
import { button, copy, element } from './dom.mjs';
import { Poll } from './poll.mjs';
import { curl, send } from './requests.mjs';
import { subscribing, subscriptionsRequest } from './subscribing.mjs';
import { lagText } from './subscription.mjs';
import './list.mjs';

/** As many as one request returns at most: the others are read as the list is scrolled, and not again. */
const PAGE = 1_000;
const SEARCH_MILLIS = 250;

class SubscriptionList extends HTMLElement {
  #items = [];
  #next;
  #isLoading = false;
  #selected = '';
  #timer;
  #leaving = new AbortController();
  #poll = new Poll(() => this.#read());
  #search = element('input', {
    type: 'search',
    placeholder: 'Beginning of an id',
    ariaLabel: 'Beginning of an id',
    spellcheck: false,
  });
  #list = element('virtual-list', { id: 'subscriptions', role: 'listbox', ariaLabel: 'Subscriptions' });
  #empty = element('p', { className: 'quiet empty', hidden: true });
  #problem = element('p', { className: 'problem', role: 'alert', hidden: true });

  connectedCallback() {
    this.append(
      element('form', { className: 'search' }, this.#search, button('New', () => this.#create(), { className: 'primary' })),
      this.#problem,
      this.#empty,
      this.#list,
      element(
        'div',
        { className: 'buttons foot' },
        button('Refresh', () => this.refresh()),
        button('Copy as curl', () => copy(curl(subscriptionsRequest(this.#query())), 'The command is copied')),
      ),
    );
    this.#list.render = index => this.#row(this.#items[index]);
    this.#list.addEventListener('choose', ({ detail }) => this.#open(this.#items[detail].id));
    this.#list.addEventListener('end', () => this.#readMore());
    this.#search.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.refresh(), SEARCH_MILLIS);
    });
    this.querySelector('form').addEventListener('submit', event => {
      event.preventDefault();
      this.#open(this.#search.value);
    });
    this.#poll.now();
  }

  disconnectedCallback() {
    this.#poll.end();
    clearTimeout(this.#timer);
    this.#leaving.abort();
  }

  set selected(id) {
    this.#selected = id;
    this.#list.refresh();
  }

  /** Reads the list again, from its beginning. */
  refresh() {
    this.#items = this.#items.slice(0, PAGE);
    this.#poll.now();
  }

  #query(after = undefined) {
    const prefix = this.#search.value;
    return { limit: PAGE, ...(prefix ? { prefix } : {}), ...(after === undefined ? {} : { after }) };
  }

  async #page(after) {
    return (await send(subscriptionsRequest(this.#query(after)), this.#leaving.signal)).json();
  }

  /** Reads the first page again; what follows it is not read again. */
  async #read() {
    const prefix = this.#search.value;
    await this.#run(async () => {
      const { subscriptions, next } = await this.#page();
      if (prefix !== this.#search.value) {
        return;
      }
      const isLonger = next !== undefined && this.#items.length > subscriptions.length;
      const rest = isLonger ? this.#items.filter(({ id }) => id > next && id.startsWith(prefix)) : [];
      this.#items = subscriptions.concat(rest);
      this.#next = rest.length > 0 ? this.#next : next;
    });
  }

  async #readMore() {
    if (this.#next === undefined || this.#isLoading) {
      return;
    }
    this.#isLoading = true;
    const after = this.#next;
    await this.#run(async () => {
      const { subscriptions, next } = await this.#page(after);
      if (after === this.#next) {
        this.#items = this.#items.concat(subscriptions);
        this.#next = next;
      }
    });
    this.#isLoading = false;
  }

  /** Runs a step; after a refusal nothing is shown, and without a response the old state, marked as such. */
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
      this.classList.toggle('stale', error.status === undefined);
      if (error.status !== undefined) {
        this.#items = [];
        this.#next = undefined;
      }
    }
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === '';
    this.#empty.hidden = this.#items.length > 0 || problem !== '';
    this.#empty.textContent = this.#search.value ? 'No subscription begins with this.' : 'No subscriptions yet.';
    this.#list.resize(this.#items.length);
  }

  #row(item) {
    const row = element('div', { role: 'option', title: item.last_error ?? item.description ?? item.id });
    row.classList.toggle('selected', item.id === this.#selected);
    row.append(
      element('span', { className: 'name', textContent: item.id }),
      element('span', { className: 'quiet', textContent: lagText(item) }),
      element('span', { className: 'status', textContent: item.state, dataset: { state: item.state } }),
    );
    return row;
  }

  async #create() {
    const created = await ask(subscribing());
    if (created) {
      this.refresh();
      this.#open(created.id);
    }
  }

  #open(id) {
    if (id !== '') {
      location.hash = `subscriptions/${encodeURIComponent(id)}`;
    }
  }
}

customElements.define('subscription-list', SubscriptionList);
