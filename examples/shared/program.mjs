/** What the programs of the examples do alike: read flags, say where the page is, and end in one line if they must. */

import { parseArgs } from 'node:util';

const LOOK_TIMEOUT_MILLIS = 5_000;

/**
 * The flags of the command line, as text; prints the usage if that is asked for.
 *
 * @param defaults values by the flags' names
 */
export function flagsOf(usage, defaults) {
  const options = Object.entries(defaults).map(([name, value]) => [name, { type: 'string', default: value }]);
  try {
    const { values } = parseArgs({ options: { ...Object.fromEntries(options), help: { type: 'boolean' } } });
    if (!values.help) {
      return values;
    }
  } catch (error) {
    end(`${error.message}\n\n${usage}`);
  }
  console.log(usage);
  process.exit(0);
}

/** A port that is given as text. */
export function portOf(text) {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : end(`--port is a number up to 65535, not ${text}.`);
}

/** Where the streams of a server are: its root is /v1/stream/, unless the address names another. */
export function streamsRoot(server) {
  if (!/^https?:/.test(server) || !URL.canParse(server)) {
    end(`--streams is an address such as http://localhost:4437, not ${server}.`);
  }
  const root = new URL(server);
  root.pathname = root.pathname === '/' ? '/v1/stream/' : root.pathname.replace(/\/*$/, '/');
  return root;
}

/** Says where the page is, and what to do if there are no streams yet: it waits for them, but nobody should for it. */
export async function announce(pages, streams, note) {
  console.log(`The page is at http://localhost:${pages.address().port}/ (${note})`);
  try {
    await fetch(streams, { method: 'HEAD', signal: AbortSignal.timeout(LOOK_TIMEOUT_MILLIS) });
  } catch {
    console.error(
      `Nothing answers at ${streams.origin} yet; the page waits for it. To start a server there, in another shell:\n` +
        `  java -jar server/target/durable-streams-server.jar --port ${streams.port || 80}`,
    );
  }
}

export function end(message) {
  console.error(message);
  process.exit(2);
}
