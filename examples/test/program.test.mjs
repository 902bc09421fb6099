/** The examples' programs in a shell: what they say when something is not right, and how they end. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** A port, taken for as long as `use` takes. */
async function withTakenPort(use) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(server.address().port);
  } finally {
    server.close();
  }
}

async function endsWith(status, told, ...command) {
  const program = start(...command);
  const [[code], output] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
  assert.equal(code, status);
  assert.match(output, told);
  assert.doesNotMatch(output, /^ +at /m, 'there is no stack trace');
}

for (const name of ['llm-tokens', 'activity-feed']) {
  test(`${name} says in a line what is wrong with its flags`, async () => {
    await endsWith(2, /--bogus.*\n\nusage: node server.mjs/, name, '--bogus');
    await endsWith(2, /^--port is a number up to 65535, not x\.\n$/, name, '--port', 'x');
    await endsWith(
      2,
      /^--streams is an address such as .*, not localhost:4437\.\n$/,
      name,
      '--streams',
      'localhost:4437',
    );
    await withTakenPort(port =>
      endsWith(2, /^Cannot listen on port \d+ \(EADDRINUSE\); --port names another\.\n$/, name, '--port', String(port)),
    );
  });

  test(`${name} serves its page and says what to do where there is no streams server, until it is interrupted`, async () => {
    const program = start(name, '--port', '0', '--streams', 'http://127.0.0.1:9');
    let stdout = '';
    let stderr = '';
    program.stdout.on('data', bytes => (stdout += bytes));
    program.stderr.on('data', bytes => (stderr += bytes));
    await until('it is told that there are no streams', () =>
      /Nothing answers at http:\/\/127.0.0.1:9 yet/.test(stderr),
    );
    const [, address] = /^The page is at (\S+)/.exec(stdout);
    assert.equal((await fetch(address)).status, 200);

    program.kill('SIGINT');

    await once(program, 'exit');
  });
}

test('llm-tokens says in a line what is wrong with its provider', async () => {
  await endsWith(2, /^Provider openai needs OPENAI_API_KEY\.\n$/, 'llm-tokens', '--provider', 'openai');
  await endsWith(2, /^--provider is anthropic, openai or demo, not x\.\n$/, 'llm-tokens', '--provider', 'x');
  await endsWith(2, /^--rate is a number above 0, not x\.\n$/, 'llm-tokens', '--rate', 'x');
});
