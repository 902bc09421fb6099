#!/usr/bin/env node
/**
 * Writes the answers of a language model to durable streams, one stream per answer, and serves the page that reads
 * them. This program sends no tokens to the page: any number of pages follow the stream, and each may disconnect and
 * return at any time.
 *
 * A stream contains {"type":"question","text":…,"model":…}, then any number of {"type":"token","text":…}, then
 * {"type":"end"}, with an "error" if the answer is incomplete; then it is closed.
 */

import { randomUUID } from 'node:crypto';
import { text as bodyText } from 'node:stream/consumers';
import { sendJson, servePages } from '../shared/pages.mjs';
import { announce, end, flagsOf, portOf, streamsRoot } from '../shared/program.mjs';
import { pause, StreamError } from '../shared/requests.mjs';
import { createStream, Producer } from '../shared/writer.mjs';
import { anthropic, demo, openai } from './providers.mjs';

const USAGE = `usage: node server.mjs [options]
  --streams URL      the Durable Streams server (http://localhost:4437)
  --port PORT        the port of the page (4438)
  --provider NAME    anthropic, openai or demo (the first with an API key, otherwise demo)
  --rate NUMBER      tokens per second of the demo (30)

environment
  ANTHROPIC_API_KEY, ANTHROPIC_MODEL, ANTHROPIC_BASE_URL (https://api.anthropic.com)
  OPENAI_API_KEY, OPENAI_MODEL, OPENAI_BASE_URL (https://api.openai.com/v1)`;

const PROMPT_CHARS_MAX = 8_000;
const BODY_BYTES_MAX = 64 << 10;
const ANSWERS_AT_ONCE_MAX = 32;
const CREATE_TIMEOUT_MILLIS = 5_000;
const STOP_TIMEOUT_MILLIS = 3_000;

/** An answer expires after a week without reads and writes. */
const ANSWER_TTL_SECONDS = 7 * 24 * 3_600;

// ---- answers ----

const stopping = new AbortController();
const underWay = new Set();

/** Creates the stream of an answer and starts to write it in the background; returns the id of the answer. */
async function begin(prompt) {
  const id = randomUUID();
  const url = new URL(`llm-tokens/${id}`, streams);
  await createStream(url, {
    headers: { 'Stream-TTL': String(ANSWER_TTL_SECONDS) },
    messages: [{ type: 'question', text: prompt, model: provider.model }],
    signal: AbortSignal.timeout(CREATE_TIMEOUT_MILLIS),
  });
  const writing = write(url, id, prompt)
    .catch(error => logError(id, error))
    .finally(() => underWay.delete(writing));
  underWay.add(writing);
  return id;
}

async function write(url, id, prompt) {
  const producer = new Producer(url, { id: `writer-of-${id}` });
  try {
    for await (const text of provider.answer(prompt, stopping.signal)) {
      producer.append({ type: 'token', text });
    }
    producer.append({ type: 'end' });
  } catch (error) {
    const reason = stopping.signal.aborted ? new Error('the program that writes this answer was stopped') : error;
    producer.append({ type: 'end', error: reason.message });
    logError(id, reason);
  }
  await producer.close();
}

function logError(id, error) {
  console.error(`answer ${id}: ${error.message}`);
}

async function postAnswer(request, response) {
  const refuse = (status, error) => sendJson(response, status, { error });
  // A page of another site cannot send this type without a CORS preflight, which this server refuses.
  if (request.headers['content-type'] !== 'application/json') {
    return refuse(415, 'Content-Type must be application/json.');
  }
  if (!(Number(request.headers['content-length']) <= BODY_BYTES_MAX)) {
    return refuse(413, `The request must have at most ${BODY_BYTES_MAX} bytes.`);
  }
  const prompt = promptOf(await bodyText(request));
  if (prompt === '' || prompt.length > PROMPT_CHARS_MAX) {
    return refuse(400, `A question must have 1 to ${PROMPT_CHARS_MAX} characters.`);
  }
  if (underWay.size >= ANSWERS_AT_ONCE_MAX) {
    return refuse(429, `${ANSWERS_AT_ONCE_MAX} answers are in progress, which is the limit; retry later.`);
  }
  try {
    sendJson(response, 201, { id: await begin(prompt) });
  } catch (error) {
    refuse(
      502,
      error instanceof StreamError
        ? error.message
        : `No server responds at ${streams.origin}; start the streams server.`,
    );
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

function defaultProvider(env) {
  if (env.ANTHROPIC_API_KEY) {
    return 'anthropic';
  }
  return env.OPENAI_API_KEY ? 'openai' : 'demo';
}

function providerOf(name, rate, env) {
  switch (name) {
    case 'anthropic':
      return env.ANTHROPIC_API_KEY ? anthropic(env) : end('Provider anthropic requires ANTHROPIC_API_KEY.');
    case 'openai':
      return env.OPENAI_API_KEY ? openai(env) : end('Provider openai requires OPENAI_API_KEY.');
    case 'demo':
      return Number(rate) > 0 ? demo(Number(rate)) : end(`--rate is ${rate}; expected a number greater than 0.`);
    default:
      return end(`--provider is ${name}; expected anthropic, openai or demo.`);
  }
}

/** Ends the unfinished answers, so that their readers do not wait for the rest. */
async function stop() {
  stopping.abort();
  await Promise.race([Promise.all(underWay), pause(STOP_TIMEOUT_MILLIS)]);
  process.exit(0);
}

const flags = flagsOf(USAGE, {
  streams: 'http://localhost:4437',
  port: '4438',
  provider: defaultProvider(process.env),
  rate: '30',
});
const provider = providerOf(flags.provider, flags.rate, process.env);
const streams = streamsRoot(flags.streams);
const pages = await servePages({
  folder: new URL('.', import.meta.url),
  files: ['index.html', 'page.css', 'page.mjs', 'reading.mjs'],
  port: portOf(flags.port),
  streams,
  settings: { model: provider.model },
  routes: { 'POST /answers': postAnswer },
});
process.once('SIGINT', stop).once('SIGTERM', stop);
await announce(pages, streams, `${provider.model}; streams at ${streams}`);
