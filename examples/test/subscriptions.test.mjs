/** The receivers of webhooks in three languages, and the agents that are woken by streams. */

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { JAR, StreamServer, until } from './support.mjs';

const file = name => fileURLToPath(new URL(`../${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'streamkeeper-subscriptions-'));
const programs = new Set();
let server;
let root;

before(async () => {
  server = await StreamServer.started('--allow-local-webhooks');
  root = `${server.url}/v1/stream/`;
});

after(async () => {
  programs.forEach(program => program.kill('SIGKILL'));
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A program whose lines are collected. */
function start(command, ...args) {
  const program = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  programs.add(program);
  program.output = '';
  program.stdout.on('data', bytes => (program.output += bytes));
  program.stderr.on('data', bytes => (program.output += bytes));
  return program;
}

const java = (source, ...args) => start('java', '-XX:TieredStopAtLevel=1', '-cp', JAR, file(source), ...args);

async function send(method, path, body, headers = {}) {
  const response = await fetch(root + path, {
    method,
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return response;
}

/** The receiver in TypeScript as JavaScript, for versions of Node.js that do not run it; its types are checked. */
function compiled() {
  const compiler = file('test/node_modules/typescript/bin/tsc');
  const flags = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--skipLibCheck'];
  const types = ['--typeRoots', file('test/node_modules/@types')];
  execFileSync(process.execPath, [compiler, ...flags, ...types, '--outDir', folder, file('webhook/receiver.ts')], {
    stdio: 'inherit',
  });
  return join(folder, 'receiver.js');
}

const hasCryptography = () => spawnSync('python3', ['-c', 'import cryptography'], { stdio: 'ignore' }).status === 0;

const RECEIVERS = {
  java: (...args) => java('webhook/Receiver.java', ...args),
  typescript: (...args) => start(process.execPath, '--no-warnings', compiled(), ...args),
  python: (...args) => start('python3', file('webhook/receiver.py'), ...args),
};

for (const [language, receive] of Object.entries(RECEIVERS)) {
  const isMissing = language === 'python' && !hasCryptography() && 'python3 with the package cryptography is missing';
  test(`the receiver in ${language} prints what is signed, and refuses all else`, { skip: isMissing }, async () => {
    const receiver = receive(root, '0', '2');
    const url = await until('the receiver listens', () => /Receiving at (\S+)/.exec(receiver.output)?.[1]);
    const subscription = `__ds/subscriptions/${language}`;
    await send(
      'PUT',
      subscription,
      JSON.stringify({ type: 'webhook', pattern: `${language}/*`, webhook: { url } }),
    );
    await send('PUT', `${language}/a%20b`, '', { 'Content-Type': 'text/plain' });
    await send('POST', `${language}/a%20b`, 'first', { 'Content-Type': 'text/plain' });
    await until('the first webhook', () => receiver.output.includes(`${language}/a b first`));

    const body = '{"streams":[]}';
    const now = Math.floor(Date.now() / 1000);
    const { keys } = await (await fetch(`${root}__ds/jwks.json`)).json();
    for (const kid of [keys[0].kid, 'invented']) {
      for (const time of [now, now - 301]) {
        const signature = `t=${time},kid=${kid},ed25519=${'A'.repeat(86)}`;
        const forged = await fetch(url, { method: 'POST', body, headers: { 'Webhook-Signature': signature } });
        assert.equal(forged.status, 401, signature);
      }
    }
    assert.equal((await fetch(url, { method: 'POST', body })).status, 401);

    await until('the first webhook is acknowledged', async () => {
      const { streams } = await (await send('GET', subscription)).json();
      return streams.length === 1 && !streams[0].has_pending;
    });
    await send('POST', `${language}/a%20b`, ', second', { 'Content-Type': 'text/plain' });
    const [status] = await once(receiver, 'exit');
    assert.equal(status, 0, receiver.output);
    assert.match(receiver.output, new RegExp(`${language}/a b first\n(.*\n)*${language}/a b , second\n`));
    await send('DELETE', subscription);
  });
}

const tokensOf = messages => messages.filter(message => message.token).map(message => message.token);

test('agents wake each other, and one continues the answer of another that was killed', async () => {
  const setup = java('agents/Agents.java', root, 'setup');
  const [status] = await once(setup, 'exit');
  assert.equal(status, 0, setup.output);
  const first = java('agents/Agents.java', root, 'answerer', 'answerer-1');
  const reviewer = java('agents/Agents.java', root, 'reviewer', 'reviewer-1');
  await until('the agents work', () => /works/.test(first.output) && /works/.test(reviewer.output));

  await send('PUT', 'talks/tea/prompts', '[{"id":"1","prompt":"which tea is for the evening"}]');
  const answers = async () => {
    const response = await fetch(`${root}talks/tea/answers`);
    return response.ok ? response.json() : [];
  };
  await until('some tokens', async () => tokensOf(await answers()).length >= 4);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const before = tokensOf(await answers()).length;
  assert.ok(before < 20, 'the first agent has answered before it was killed');

  const second = java('agents/Agents.java', root, 'answerer', 'answerer-2');
  await until('the answer is complete', async () => (await answers()).some(message => message.end));
  const messages = await answers();
  const prompt = 'which tea is for the evening'.split(' ');
  assert.deepEqual(tokensOf(messages), ['You', 'asked:', ...prompt, ...prompt, ...prompt]);
  assert.deepEqual(
    messages.filter(message => message.agent).map(message => message.agent),
    ['answerer-1', 'answerer-2'],
  );

  const reviews = async () => {
    const response = await fetch(`${root}talks/tea/reviews`);
    return response.ok ? response.json() : [];
  };
  await until('the review', async () => (await reviews()).some(message => message.review));
  await server.kill();
  await server.start();
  await send('POST', 'talks/tea/prompts', '{"id":"2","prompt":"and without caffeine"}');
  await until('the second review', async () => (await reviews()).some(message => message.id === '2'));
  assert.deepEqual(
    (await reviews()).filter(message => message.review),
    [
      { id: '1', review: 'complete, 20 tokens' },
      { id: '2', review: 'complete, 11 tokens' },
    ],
    second.output + reviewer.output,
  );
});
