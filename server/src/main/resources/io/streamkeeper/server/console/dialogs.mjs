/** The dialog of an action: its fields, the same request as a command of curl, and the refusal if the server refuses. */

import { button, copy, element } from './dom.mjs';
import { curl, send } from './requests.mjs';

/**
 * Shows the dialog of an action and sends its request. Resolves with the values of the fields after a success, and with
 * null if the dialog is closed without one.
 *
 * @param action { title, note, fields, label, isDangerous, request }, where `request` makes a request of the values
 */
export function ask(action) {
  const problem = element('p', { className: 'problem', role: 'alert', hidden: true });
  const fields = (action.fields ?? []).map(fieldOf);
  const values = () => Object.fromEntries(fields.map(({ name, value }) => [name, value()]));
  const showWanted = () => fields.forEach(field => field.show(field.when(values())));
  const submit = element('button', {
    className: action.isDangerous ? 'danger' : 'primary',
    textContent: action.label,
  });
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', { textContent: action.title }),
    action.note ? element('p', { className: 'quiet', textContent: action.note }) : null,
    ...fields.map(({ label }) => label),
    problem,
    element(
      'div',
      { className: 'buttons' },
      button('Copy as curl', () => copy(curl(action.request(values()), ['-i']), 'The command is copied')),
      button('Cancel', () => dialog.close()),
      submit,
    ),
  );
  form.addEventListener('input', showWanted);
  showWanted();
  const dialog = element('dialog', { className: 'card' }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(null);
    });
    form.addEventListener('submit', async event => {
      event.preventDefault();
      submit.disabled = true;
      problem.hidden = true;
      const sent = values();
      try {
        await send(action.request(sent));
        resolve(sent);
        dialog.close();
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
        submit.disabled = false;
      }
    });
  });
}

/**
 * A field: { name, label, type, hint, options, choices, when } and properties of its input, such as its value. Options are
 * suggested; of choices, which have labels, one is taken. `when` says of the values of all fields whether this one is shown.
 */
function fieldOf({ name, label, type = 'text', options = [], choices, hint = '', when = () => true, ...properties }) {
  const input = inputOf({ name, type, choices, properties });
  const list = element(
    'datalist',
    { id: `${name}-options` },
    ...options.map(value => element('option', { value })),
  );
  if (options.length > 0) {
    input.setAttribute('list', list.id);
  }
  const whole = element(
    'label',
    {},
    element('span', { textContent: label }),
    input,
    options.length > 0 ? list : null,
    hint ? element('small', { className: 'quiet', textContent: hint }) : null,
  );
  return {
    name,
    label: whole,
    when,
    show: isShown => {
      whole.hidden = !isShown;
      input.disabled = !isShown;
    },
    value: () => (type === 'file' ? input.files[0] : input.value),
  };
}

function inputOf({ name, type, choices, properties }) {
  if (choices) {
    const all = Object.entries(choices).map(([value, textContent]) => element('option', { value, textContent }));
    return element('select', { name, ...properties }, ...all);
  }
  return type === 'textarea'
    ? element('textarea', { name, rows: 6, spellcheck: false, ...properties })
    : element('input', { name, type, autocomplete: 'off', spellcheck: false, ...properties });
}
