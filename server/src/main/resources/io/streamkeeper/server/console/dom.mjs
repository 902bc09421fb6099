/** Creates elements. Text is always text: nothing that a stream contains is parsed as HTML. */

/** Creates an element with properties, or attributes where it has no such property, and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'dataset') {
      Object.assign(made.dataset, value);
    } else if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

export function button(text, onclick, properties = {}) {
  return element('button', { type: 'button', textContent: text, onclick, ...properties });
}

/** Copies a text, and shows for a moment that it was copied. */
export async function copy(text, note) {
  const notice = document.querySelector('#notice');
  try {
    await navigator.clipboard.writeText(text);
    notice.textContent = note;
  } catch {
    // The clipboard exists in secure contexts only, and may be forbidden.
    prompt('Copy this text:', text);
    return;
  }
  setTimeout(() => (notice.textContent = ''), 2_500);
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytesText(bytes) {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

const TIME_UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];

/** A duration in seconds, in its greatest unit. */
export function durationText(seconds) {
  const [unit, size] = TIME_UNITS.find(([, each]) => seconds >= each) ?? ['s', 1];
  return `${Math.max(0, Math.round(seconds / size))} ${unit}`;
}

/** The rows of a list of properties: of those whose values are neither empty nor missing. */
export function factsOf(facts) {
  return Object.entries(facts)
    .filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false)
    .map(([name, value]) =>
      element('div', { dataset: { name } }, element('dt', { textContent: name }), element('dd', { textContent: value })),
    );
}
