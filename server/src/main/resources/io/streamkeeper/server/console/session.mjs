/** What this tab knows: what the listener has, and the token, which is kept until the tab is closed. */

const TOKEN = 'token';

/** { streams } with the root path of the streams, or { metrics } on the listener for administration. */
export const settings = await readSettings();

async function readSettings() {
  try {
    return await (await fetch('settings.json')).json();
  } catch (error) {
    const problem = document.querySelector('#problem');
    problem.textContent = 'The server does not respond. Load this page again when it runs.';
    problem.hidden = false;
    throw error;
  }
}

/** Where the browser blocks storage, the token is forgotten when the page is loaded again. */
let current = '';
try {
  current = sessionStorage.getItem(TOKEN) ?? '';
} catch {
  // Blocked.
}

export const token = () => current;

/** Returns whether the token is kept when the page is loaded again. */
export function setToken(text) {
  current = text;
  try {
    text === '' ? sessionStorage.removeItem(TOKEN) : sessionStorage.setItem(TOKEN, text);
    return true;
  } catch {
    return false;
  }
}
