/** The back end with providers of its own making: what it asks them, and what it makes of their answers. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { follow } from '../shared/reader.mjs';
import { Example, StreamServer } from './support.mjs';

const sse = events => events.map(event => `event: ${event.type ?? 'x'}\ndata: ${JSON.stringify(event)}\n\n`).join('');

const ANTHROPIC_START = { type: 'message_start', message: { id: 'm' } };
const anthropicText = part => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: part } });
const openaiText = part => ({ choices: [{ index: 0, delta: { content: part }, finish_reason: null }] });

let streams;
let provider;
/** What the provider was asked last, and what it is to answer. */
let asked;
let reply;

before(async () => {
  streams = await StreamServer.started();
  provider = createServer(async (request, response) => {
    asked = { path: request.url, headers: request.headers, body: JSON.parse(await text(request)) };
    response.writeHead(reply.status ?? 200, { 'Content-Type': 'text/event-stream' });
    response.end(reply.body);
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
});

after(async () => {
  provider?.close();
  await streams?.close();
});

async function answerOf(name, body, status) {
  reply = { status, body };
  const base = `http://127.0.0.1:${provider.address().port}`;
  const env = {
    anthropic: { ANTHROPIC_API_KEY: 'a key', ANTHROPIC_BASE_URL: base, ANTHROPIC_MODEL: 'some model' },
    openai: { OPENAI_API_KEY: 'a key', OPENAI_BASE_URL: base, OPENAI_MODEL: 'some model' },
  }[name];
  const example = await Example.started('llm-tokens', streams.url, [], env);
  const response = await fetch(new URL('answers', example.url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ prompt: 'Why?' }),
  });
  const { id } = await response.json();
  const messages = [];
  for await (const batch of follow(new URL(`/v1/stream/llm-tokens/${id}`, streams.url))) {
    messages.push(...batch.messages);
  }
  await example.close();
  return messages;
}

const QUESTION = { type: 'question', text: 'Why?', model: 'some model' };
const WHOLE = [QUESTION, { type: 'token', text: 'Be' }, { type: 'token', text: 'cause.' }, { type: 'end' }];

test('an answer of the Anthropic Messages API becomes a stream', async () => {
  const events = [
    ANTHROPIC_START,
    { type: 'ping' },
    anthropicText('Be'),
    anthropicText('cause.'),
    { type: 'message_stop' },
  ];

  assert.deepEqual(await answerOf('anthropic', sse(events)), WHOLE);
  assert.equal(asked.path, '/v1/messages');
  assert.equal(asked.headers['x-api-key'], 'a key');
  assert.equal(asked.headers['anthropic-version'], '2023-06-01');
  assert.equal(asked.body.model, 'some model');
  assert.equal(asked.body.stream, true);
  assert.deepEqual(asked.body.messages, [{ role: 'user', content: 'Why?' }]);
});

test('an answer of OpenAI chat completions becomes a stream', async () => {
  const start = { choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] };
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const body = `${sse([start, openaiText('Be'), openaiText('cause.'), end])}data: [DONE]\n\n`;

  assert.deepEqual(await answerOf('openai', body), WHOLE);
  assert.equal(asked.path, '/v1/chat/completions');
  assert.equal(asked.headers.authorization, 'Bearer a key');
  assert.equal(asked.body.stream, true);
});

test('an answer that the provider breaks off says so at its end', async () => {
  const events = [ANTHROPIC_START, anthropicText('Be')];

  assert.deepEqual((await answerOf('anthropic', sse(events))).at(-1), { type: 'end', error: 'the model broke off' });
  assert.deepEqual((await answerOf('openai', sse([openaiText('Be')]))).at(-1), {
    type: 'end',
    error: 'the model broke off',
  });
});

test('what the provider refuses with is told, and its key is not', async () => {
  const body = JSON.stringify({ error: { message: 'the key is not valid' } });

  assert.deepEqual(await answerOf('openai', body, 401), [QUESTION, { type: 'end', error: 'the key is not valid' }]);
});

test('pages of other sites may not ask', async () => {
  const example = await Example.started('llm-tokens', streams.url);
  const plain = await fetch(new URL('answers', example.url), { method: 'POST', body: '{"prompt":"Why?"}' });
  assert.equal(plain.status, 415);

  const request = get(example.url, { headers: { Host: 'elsewhere.example' } });
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 403);
  response.resume();
  await example.close();
});
