/** Shared by the programs of the examples: parses flags, prints the address of the page, exits with a message. */

import { parseArgs } from 'node:util';

const CHECK_TIMEOUT_MILLIS = 5_000;

/**
 * Returns the flags of the command line as text; prints the usage for --help.
 *
 * @param defaults the default values by name
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

/** Parses a port. */
export function portOf(text) {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : end(`--port is ${text}; expected a number up to 65535.`);
}

/** The root URL of a server's streams: /v1/stream/, unless the address has another path. */
export function streamsRoot(server) {
  if (!/^https?:/.test(server) || !URL.canParse(server)) {
    end(`--streams is ${server}; expected an address such as http://localhost:4437.`);
  }
  const root = new URL(server);
  root.pathname = root.pathname === '/' ? '/v1/stream/' : root.pathname.replace(/\/*$/, '/');
  return root;
}

/** Prints the address of the page, and how to start the streams server if it does not respond. */
export async function announce(pages, streams, note) {
  console.log(`The page is at http://localhost:${pages.address().port}/ (${note})`);
  try {
    await fetch(streams, { method: 'HEAD', signal: AbortSignal.timeout(CHECK_TIMEOUT_MILLIS) });
  } catch (error) {
    const reason = error.cause?.code ?? error.name;
    console.error(
      `No server responds at ${streams.origin} yet (${reason}); the page retries. To start one, in another shell:\n` +
        `  bin/ds serve --port ${streams.port || 80}`,
    );
  }
}

export function end(message) {
  console.error(message);
  process.exit(2);
}
