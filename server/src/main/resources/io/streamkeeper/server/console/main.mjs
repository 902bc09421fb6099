/** The page: a list beside the stream or subscription that the fragment of the address names, or the charts. */

import { ServerCharts } from './charts.mjs';
import { button, element } from './dom.mjs';
import './message.mjs';
import { setToken, settings, token } from './session.mjs';
import { StreamView } from './stream.mjs';
import { SubscriptionView } from './subscription.mjs';
import './subscriptions.mjs';
import './tree.mjs';

const main = document.querySelector('#main');
const tokenButton = document.querySelector('#token');

/** What the fragment names: a stream by `#/path`, a subscription by `#subscriptions/id`; an empty name for none. */
function named(hash) {
  const subscription = /^#subscriptions(?:\/(.*))?$/.exec(hash);
  return subscription
    ? { isSubscription: true, name: decoded(subscription[1] ?? '') }
    : { isSubscription: false, name: decoded(hash.replace(/^#\/?/, '')) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const PARTS = {
  streams: { list: 'stream-tree', view: path => new StreamView(path), welcome: 'Choose a stream, or create one.' },
  subscriptions: {
    list: 'subscription-list',
    view: id => new SubscriptionView(id),
    welcome: 'Choose a subscription, or create one.',
  },
};

function showParts() {
  const view = element('section', { className: 'card view' });
  let list;
  main.addEventListener('change', event => event.target.closest('.view') && list.refresh?.());
  const showNamed = () => {
    const { isSubscription, name } = named(location.hash);
    const part = PARTS[isSubscription ? 'subscriptions' : 'streams'];
    if (list?.localName !== part.list) {
      list = element(part.list, { className: 'card' });
      main.replaceChildren(list, view);
    }
    document.querySelectorAll('nav a').forEach(link => {
      link.ariaCurrent = link.hash === (isSubscription ? '#subscriptions' : '#/') ? 'page' : null;
    });
    document.title = name || 'Streamkeeper console';
    main.classList.toggle('has-item', name !== '');
    list.selected = name;
    view.replaceChildren(name === '' ? element('p', { className: 'quiet empty', textContent: part.welcome }) : part.view(name));
  };
  addEventListener('hashchange', showNamed);
  showNamed();
}

function show() {
  tokenButton.textContent = token() ? 'Token ✓' : 'Token…';
  document.querySelector('nav').hidden = !settings.streams;
  settings.streams ? showParts() : main.replaceChildren(new ServerCharts(settings.metrics));
}

/** The token stays in this tab, and is sent with its requests only. */
function askToken() {
  const input = element('input', { type: 'password', autocomplete: 'off', value: token(), autofocus: true });
  const dialog = element('dialog', { className: 'card' });
  const keep = text => {
    const isKept = setToken(text.trim());
    dialog.close();
    isKept ? location.reload() : show();
  };
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', { textContent: 'Token' }),
    element('p', { className: 'quiet', textContent: 'Sent as Authorization: Bearer with each request of this tab, and kept until the tab is closed.' }),
    element('label', {}, element('span', { textContent: 'Token' }), input),
    element(
      'div',
      { className: 'buttons' },
      button('Forget', () => keep('')),
      button('Cancel', () => dialog.close()),
      element('button', { className: 'primary', textContent: 'Use' }),
    ),
  );
  form.addEventListener('submit', event => {
    event.preventDefault();
    keep(input.value);
  });
  dialog.append(form);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

tokenButton.addEventListener('click', askToken);
show();
