#!/usr/bin/env node
/**
 * Writes the answers of a language model into durable streams, one stream for each answer, and serves the page that
 * reads them. The page gets no token from here: it follows the stream, so it may come, go and come back as it likes,
 * and so may any number of others.
 *
 * A stream holds {"type":"question","text":…,"model":…}, then {"type":"token","text":…} as often as needed, then
 * {"type":"end"}, with an "error" if the answer is not whole; then it is closed.
 */

import { randomUUID } from 'node:crypto';
import { text as bodyText } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { sendJson, servePages, streamsRoot } from '../shared/pages.mjs';
import { events } from '../shared/reader.mjs';
import { pause, StreamError } from '../shared/requests.mjs';
import { createStream, Producer } from '../shared/writer.mjs';

const USAGE = `usage: node server.mjs [options]
  --streams URL      the Durable Streams server (http://localhost:4437)
  --port PORT        where the page is served (4438)
  --provider NAME    anthropic, openai or demo (the one whose key is set, else demo)
  --rate NUMBER      tokens a second of the demo (30)

environment
  ANTHROPIC_API_KEY, ANTHROPIC_MODEL, ANTHROPIC_BASE_URL
  OPENAI_API_KEY, OPENAI_MODEL, OPENAI_BASE_URL`;

const PROMPT_CHARS_MAX = 8_000;
const BODY_BYTES_MAX = 64 << 10;
const ANSWERS_AT_ONCE_MAX = 32;
const ANSWER_TOKENS_MAX = 4_096;
const CREATE_TIMEOUT_MILLIS = 10_000;
const STOP_TIMEOUT_MILLIS = 3_000;

/** An answer nobody reads or writes for a week is gone. */
const ANSWER_TTL_SECONDS = 7 * 24 * 3_600;

// ---- providers: { model, answer(prompt, signal) }, where answer yields pieces of text ----

function anthropic(env) {
  const model = env.ANTHROPIC_MODEL ?? 'claude-sonnet-4-5';
  const url = `${env.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com'}/v1/messages`;
  const headers = { 'x-api-key': env.ANTHROPIC_API_KEY, 'anthropic-version': '2023-06-01' };
  async function* answer(prompt, signal) {
    const messages = [{ role: 'user', content: prompt }];
    const body = { model, max_tokens: ANSWER_TOKENS_MAX, stream: true, messages };
    for await (const event of ask(url, headers, body, signal)) {
      if (event.type === 'error') {
        throw new Error(event.error.message);
      }
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        yield event.delta.text;
      }
      if (event.type === 'message_stop') {
        return;
      }
    }
    throw new Error('the model broke off');
  }
  return { model, answer };
}

function openai(env) {
  const model = env.OPENAI_MODEL ?? 'gpt-4o-mini';
  const url = `${env.OPENAI_BASE_URL ?? 'https://api.openai.com'}/v1/chat/completions`;
  const headers = { Authorization: `Bearer ${env.OPENAI_API_KEY}` };
  async function* answer(prompt, signal) {
    const body = { model, stream: true, messages: [{ role: 'user', content: prompt }] };
    for await (const event of ask(url, headers, body, signal)) {
      if (event.error) {
        throw new Error(event.error.message);
      }
      const choice = event.choices[0];
      if (choice?.delta.content) {
        yield choice.delta.content;
      }
      if (choice?.finish_reason) {
        return;
      }
    }
    throw new Error('the model broke off');
  }
  return { model, answer };
}

/** Says the same to the same prompt, at an even rate. */
function demo(rate) {
  async function* answer(prompt, signal) {
    const start = performance.now();
    let count = 0;
    for (const token of demoText(prompt).match(/\s*\S{1,6}/gu)) {
      await pause(start + (++count * 1_000) / rate - performance.now(), signal);
      signal.throwIfAborted();
      yield token;
    }
  }
  return { model: `demo, ${rate} tokens/s`, answer };
}

function demoText(prompt) {
  return `You asked: “${prompt}”

I am no language model, only a generator that always says the same at an even pace. What you see is real all the \
same: each of these tokens was appended to a durable stream before it came to you, and it is on the server’s disk \
now.

So try to break it:

1. Press “Disconnect” in the middle of a sentence, wait, and press “Resume”. The page asks for the stream from the \
offset that it had come to, and goes on with the very next token.

2. Kill this tab and open the link again. The whole answer is there – café Wi-Fi and naïve clients included.

3. Open it in a second tab, or a third. They read the same stream at their own pace, and none of them makes the model \
work twice.

4. Kill the server itself, with SIGKILL if you like, and start it again. The page says “reconnecting”; the writer \
keeps its tokens and repeats its last request. That request has a number, which tells the server whether it was heard \
before: nothing is written twice.

When the answer is whole, the stream is closed. From then on a reader knows that nothing more will come, and a replay \
is one plain GET that any cache may keep. That is all there is to it: a stream is a URL, an offset is a place in it, \
and whoever has both can go on from there.`;
}

/** The JSON events of a provider's answer. */
async function* ask(url, headers, body, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.error?.message ?? `the model's provider answered ${response.status}`);
  }
  for await (const { data } of events(response.body)) {
    if (data !== '' && data !== '[DONE]') {
      yield JSON.parse(data);
    }
  }
}

// ---- answers ----

const stopping = new AbortController();
const underWay = new Set();

/** Creates the stream of an answer, which is then written in the background; returns the answer's id. */
async function begin(prompt) {
  const id = randomUUID();
  const url = new URL(`llm-tokens/${id}`, streams);
  await createStream(url, {
    headers: { 'Stream-TTL': String(ANSWER_TTL_SECONDS) },
    messages: [{ type: 'question', text: prompt, model: provider.model }],
    signal: AbortSignal.timeout(CREATE_TIMEOUT_MILLIS),
  });
  const writing = write(url, `writer-of-${id}`, prompt)
    .catch(error => console.error(`answer ${id}: ${error.message}`))
    .finally(() => underWay.delete(writing));
  underWay.add(writing);
  return id;
}

async function write(url, producerId, prompt) {
  const producer = new Producer(url, { id: producerId });
  try {
    for await (const text of provider.answer(prompt, stopping.signal)) {
      producer.append({ type: 'token', text });
    }
    producer.append({ type: 'end' });
  } catch (error) {
    const reason = stopping.signal.aborted ? 'the program that wrote this answer was stopped' : error.message;
    producer.append({ type: 'end', error: reason });
  }
  await producer.close();
}

async function postAnswer(request, response) {
  const refuse = (status, error) => sendJson(response, status, { error });
  // Only pages of this server may ask for this type without a preflight, which is not answered.
  if (request.headers['content-type'] !== 'application/json') {
    return refuse(415, 'The question is to be JSON.');
  }
  if (!(Number(request.headers['content-length']) <= BODY_BYTES_MAX)) {
    return refuse(413, `The request may have ${BODY_BYTES_MAX} bytes.`);
  }
  const prompt = promptOf(await bodyText(request));
  if (prompt === '' || prompt.length > PROMPT_CHARS_MAX) {
    return refuse(400, `A question has between 1 and ${PROMPT_CHARS_MAX} characters.`);
  }
  if (underWay.size >= ANSWERS_AT_ONCE_MAX) {
    return refuse(429, `${ANSWERS_AT_ONCE_MAX} answers are being written; ask again when one is done.`);
  }
  try {
    sendJson(response, 201, { id: await begin(prompt) });
  } catch (error) {
    refuse(502, error instanceof StreamError ? error.message : `There is no Durable Streams server at ${streams}.`);
  }
}

function promptOf(body) {
  try {
    return String(JSON.parse(body).prompt ?? '').trim();
  } catch {
    return '';
  }
}

// ---- the program ----

function options() {
  const { values } = parseArgs({
    options: {
      streams: { type: 'string', default: 'http://localhost:4437' },
      port: { type: 'string', default: '4438' },
      provider: { type: 'string', default: defaultProvider(process.env) },
      rate: { type: 'string', default: '30' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return values;
}

function defaultProvider(env) {
  if (env.ANTHROPIC_API_KEY) {
    return 'anthropic';
  }
  return env.OPENAI_API_KEY ? 'openai' : 'demo';
}

function providerOf({ provider: name, rate }, env) {
  if (name === 'demo' && Number(rate) > 0) {
    return demo(Number(rate));
  }
  if (name === 'anthropic' && env.ANTHROPIC_API_KEY) {
    return anthropic(env);
  }
  if (name === 'openai' && env.OPENAI_API_KEY) {
    return openai(env);
  }
  console.error(
    `Provider ${name}, rate ${rate}: there is no such provider, its key is not set, or the rate is not above 0.`,
  );
  process.exit(2);
}

/** Ends the answers that are under way, so that nobody waits for the rest of them. */
async function stop() {
  stopping.abort();
  await Promise.race([Promise.all(underWay), pause(STOP_TIMEOUT_MILLIS)]);
  process.exit(0);
}

const settings = options();
const provider = providerOf(settings, process.env);
const streams = streamsRoot(settings.streams);
const server = await servePages({
  folder: new URL('.', import.meta.url),
  files: ['index.html', 'page.css', 'page.mjs'],
  port: Number(settings.port),
  streams,
  settings: { model: provider.model },
  routes: { 'POST /answers': postAnswer },
});
console.log(`The page is at http://localhost:${server.address().port}/ (${provider.model}, streams at ${streams})`);
process.once('SIGINT', stop).once('SIGTERM', stop);
