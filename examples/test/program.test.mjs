/** The programs of the examples in a shell: their error messages and exit statuses. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from './support.mjs';

const KEYLESS = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '' };

function start(name, ...args) {
  const file = fileURLToPath(new URL(`../${name}/server.mjs`, import.meta.url));
  return spawn(process.execPath, [file, ...args], { env: { ...process.env, ...KEYLESS } });
}

/** Calls `use` with a port that is in use. */
async function withTakenPort(use) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(server.address().port);
  } finally {
    server.close();
  }
}

async function endsWith(status, expected, ...command) {
  const program = start(...command);
  const [[code], output] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
  assert.equal(code, status);
  assert.match(output, expected);
  assert.doesNotMatch(output, /^ +at /m, 'the output has a stack trace');
}

for (const name of ['llm-tokens', 'activity-feed']) {
  test(`${name} reports invalid flags in one line`, async () => {
    await endsWith(2, /--bogus.*\n\nusage: node server.mjs/, name, '--bogus');
    await endsWith(2, /^--port is x; expected a number up to 65535\.\n$/, name, '--port', 'x');
    await endsWith(
      2,
      /^--streams is localhost:4437; expected an address such as .*\.\n$/,
      name,
      '--streams',
      'localhost:4437',
    );
    await withTakenPort(port =>
      endsWith(2, /^Cannot listen on port \d+ \(EADDRINUSE\); choose another with --port\.\n$/, name, '--port', String(port)),
    );
  });

  test(`${name} serves its page without a streams server, prints how to start one, and stops on SIGINT`, async () => {
    const program = start(name, '--port', '0', '--streams', 'http://127.0.0.1:9');
    let stdout = '';
    let stderr = '';
    program.stdout.on('data', bytes => (stdout += bytes));
    program.stderr.on('data', bytes => (stderr += bytes));
    await until('the program reports that no streams server responds', () =>
      /No server responds at http:\/\/127.0.0.1:9 yet/.test(stderr),
    );
    const [, address] = /^The page is at (\S+)/.exec(stdout);
    assert.equal((await fetch(address)).status, 200);

    program.kill('SIGINT');

    await once(program, 'exit');
  });
}

test('the server of the README allows the pages of all examples', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, origins] = /^ +bin\/ds serve --cors-origin (\S+)$/m.exec(readme);
  for (const name of ['llm-tokens', 'activity-feed']) {
    const usage = await text(start(name, '--help').stdout);
    const [, port] = /--port PORT .*\((\d+)\)/.exec(usage);
    assert.ok(origins.split(',').includes(`http://localhost:${port}`), `${origins} has the page on port ${port}`);
  }
});

test('llm-tokens reports an invalid provider in one line', async () => {
  await endsWith(2, /^Provider openai requires OPENAI_API_KEY\.\n$/, 'llm-tokens', '--provider', 'openai');
  await endsWith(2, /^--provider is x; expected anthropic, openai or demo\.\n$/, 'llm-tokens', '--provider', 'x');
  await endsWith(2, /^--rate is x; expected a number greater than 0\.\n$/, 'llm-tokens', '--rate', 'x');
});
