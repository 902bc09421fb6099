/** The program of llm-tokens with fake providers: its requests to them, and the streams that it writes. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { follow } from '../shared/reader.mjs';
import { Example, StreamServer } from './support.mjs';

const PROVIDERS = { anthropic: 'Anthropic', openai: 'OpenAI' };

/**
 * The responses of the real APIs: with pings, comments, thinking, both kinds of line ends, and events after the end.
 */
const WIRE = {
  anthropic: {
    start: [
      'event: message_start\r\ndata: {"type":"message_start","message":{"id":"m","role":"assistant","content":[],',
      '"stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}}\r\n\r\n',
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"thinking"}}\n\n',
      'event: ping\ndata: {"type": "ping"}\n\n',
      'event: content_block_delta\n',
      'data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}\n\n',
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
    ].join(''),
    token: part =>
      'event: content_block_delta\n' +
      `data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"${part}"}}\n\n`,
    end: reason =>
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":1}\n\n' +
      `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"${reason}","stop_sequence":null},` +
      '"usage":{"output_tokens":5}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
    whole: 'end_turn',
    cut: 'max_tokens',
    error: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    refusal: '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"r"}',
  },
  openai: {
    start: [
      ': PROCESSING\n\n',
      'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,',
      '"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}\n\n',
    ].join(''),
    token: part =>
      `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${part}"},"logprobs":null,"finish_reason":null}]}\n\n`,
    end: reason =>
      `data: {"id":"c","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"${reason}"}]}\n\n` +
      'data: {"id":"c","choices":[],"usage":{"total_tokens":14}}\n\ndata: [DONE]\n\n',
    whole: 'stop',
    cut: 'length',
    error: 'data: {"error":{"message":"Overloaded","type":"server_error","param":null,"code":null}}\n\n',
    refusal: '{"error":{"message":"invalid x-api-key","type":"invalid_request_error","code":"invalid_api_key"}}',
  },
};

const QUESTION = { type: 'question', text: 'Why?', model: 'some model' };
const TOKENS = [
  { type: 'token', text: 'Be' },
  { type: 'token', text: 'cause.' },
];

let streams;
let provider;
/** The last request to the provider, and its next response. */
let asked;
let reply;

before(async () => {
  streams = await StreamServer.started();
  provider = createServer(async (request, response) => {
    asked = { path: request.url, headers: request.headers, body: JSON.parse(await text(request)) };
    response.writeHead(reply.status ?? 200, { 'Content-Type': reply.type ?? 'text/event-stream' });
    response.write(reply.body, () => (reply.breaks ? response.destroy() : response.end()));
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
});

after(async () => {
  provider?.close();
  await streams?.close();
});

/** Returns the messages of the stream after the provider has sent a response. */
async function answerOf(name, how, port = provider.address().port) {
  reply = how;
  const base = `http://127.0.0.1:${port}`;
  const env = {
    anthropic: { ANTHROPIC_API_KEY: 'a key', ANTHROPIC_BASE_URL: base, ANTHROPIC_MODEL: 'some model' },
    openai: { OPENAI_API_KEY: 'a key', OPENAI_BASE_URL: `${base}/v1/`, OPENAI_MODEL: 'some model' },
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

for (const [name, title] of Object.entries(PROVIDERS)) {
  const { start, token, end, whole, cut, error, refusal } = WIRE[name];
  const begun = start + token('Be') + token('cause.');
  const broken = reason => [QUESTION, ...TOKENS, { type: 'end', error: reason }];

  test(`an answer of ${title} is written to a stream`, async () => {
    assert.deepEqual(await answerOf(name, { body: begun + end(whole) }), [QUESTION, ...TOKENS, { type: 'end' }]);
    assert.equal(asked.body.model, 'some model');
    assert.equal(asked.body.stream, true);
    assert.deepEqual(asked.body.messages, [{ role: 'user', content: 'Why?' }]);
  });

  test(`an answer that ${title} cuts off at its limit ends with that error`, async () => {
    assert.deepEqual(await answerOf(name, { body: begun + end(cut) }), broken(`the model stopped early (${cut})`));
  });

  test(`an answer that ${title} ends with an error contains that error`, async () => {
    assert.deepEqual(await answerOf(name, { body: begun + error }), broken(`${title} reported an error: Overloaded`));
  });

  test(`an answer that ${title} ends early ends with an error`, async () => {
    assert.deepEqual(await answerOf(name, { body: begun }), broken(`${title} ended the answer early`));
  });

  test(`an answer whose connection to ${title} is lost ends with an error`, async () => {
    const messages = await answerOf(name, { body: begun, breaks: true });

    assert.deepEqual(messages.at(-1), { type: 'end', error: `the connection to ${title} was lost` });
  });

  test(`a refusal of ${title} is reported without the key`, async () => {
    for (const status of [401, 429]) {
      assert.deepEqual(await answerOf(name, { status, type: 'application/json', body: refusal }), [
        QUESTION,
        { type: 'end', error: `${title} answered ${status}: invalid x-api-key` },
      ]);
    }
    assert.deepEqual((await answerOf(name, { status: 502, type: 'text/html', body: '<h1>Bad</h1>' })).at(-1), {
      type: 'end',
      error: `${title} answered 502`,
    });
  });

  test(`an unreachable ${title} is reported`, async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address();
    closed.close();

    const { error: message } = (await answerOf(name, {}, port)).at(-1);

    assert.match(
      message,
      new RegExp(`^${title} is unreachable at http://127.0.0.1:${port}/v1/.* \\(ECONNREFUSED\\)$`),
    );
  });
}

test('each provider gets requests at its path with its headers', async () => {
  await answerOf('anthropic', { body: '' });
  assert.equal(asked.path, '/v1/messages');
  assert.equal(asked.headers['x-api-key'], 'a key');
  assert.equal(asked.headers['anthropic-version'], '2023-06-01');
  assert.ok(asked.body.max_tokens > 0);

  await answerOf('openai', { body: '' });
  assert.equal(asked.path, '/v1/chat/completions');
  assert.equal(asked.headers.authorization, 'Bearer a key');
});

test('pages of other sites cannot ask questions', async () => {
  const example = await Example.started('llm-tokens', streams.url);
  const plain = await fetch(new URL('answers', example.url), { method: 'POST', body: '{"prompt":"Why?"}' });
  assert.equal(plain.status, 415);

  const request = get(example.url, { headers: { Host: 'elsewhere.example' } });
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 403);
  response.resume();
  await example.close();
});
