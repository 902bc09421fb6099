/** The page: the tree and the stream that the fragment of the address names, or the charts. */

import { ServerCharts } from './charts.mjs';
import { button, element } from './dom.mjs';
import './message.mjs';
import { setToken, settings, token } from './session.mjs';
import { StreamView } from './stream.mjs';
import './tree.mjs';

const main = document.querySelector('#main');
const tokenButton = document.querySelector('#token');

/** The path of the stream in the fragment; empty for none. */
function pathOf(hash) {
  const path = hash.replace(/^#\/?/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function showStreams() {
  const tree = element('stream-tree', { className: 'card' });
  const view = element('section', { className: 'card view' });
  main.replaceChildren(tree, view);
  main.addEventListener('change', event => event.target.closest('stream-view') && tree.refresh());
  const show = () => {
    const path = pathOf(location.hash);
    document.title = path || 'Streamkeeper console';
    main.classList.toggle('has-stream', path !== '');
    tree.selected = path;
    const welcome = element('p', { className: 'quiet empty', textContent: 'Choose a stream, or create one.' });
    view.replaceChildren(path === '' ? welcome : new StreamView(path));
  };
  addEventListener('hashchange', show);
  show();
}

function show() {
  tokenButton.textContent = token() ? 'Token ✓' : 'Token…';
  settings.streams ? showStreams() : main.replaceChildren(new ServerCharts(settings.metrics));
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
