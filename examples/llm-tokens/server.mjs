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
import { sendJson, servePages } from '../shared/pages.mjs';
import { announce, end, flagsOf, portOf, streamsRoot } from '../shared/program.mjs';
import { pause, StreamError } from '../shared/requests.mjs';
import { createStream, Producer } from '../shared/writer.mjs';
import { anthropic, demo, openai } from './providers.mjs';

const USAGE = `usage: node server.mjs [options]
  --streams URL      the Durable Streams server (http://localhost:4437)
  --port PORT        where the page is served (4438)
  --provider NAME    anthropic, openai or demo (the one whose key is set, else demo)
  --rate NUMBER      tokens a second of the demo (30)

environment
  ANTHROPIC_API_KEY, ANTHROPIC_MODEL, ANTHROPIC_BASE_URL (https://api.anthropic.com)
  OPENAI_API_KEY, OPENAI_MODEL, OPENAI_BASE_URL (https://api.openai.com/v1)`;

const PROMPT_CHARS_MAX = 8_000;
const BODY_BYTES_MAX = 64 << 10;
const ANSWERS_AT_ONCE_MAX = 32;
const CREATE_TIMEOUT_MILLIS = 5_000;
const STOP_TIMEOUT_MILLIS = 3_000;

/** An answer nobody reads or writes for a week is gone. */
const ANSWER_TTL_SECONDS = 7 * 24 * 3_600;

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
  const writing = write(url, id, prompt)
    .catch(error => tell(id, error))
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
    const reason = stopping.signal.aborted ? new Error('the program that wrote this answer was stopped') : error;
    producer.append({ type: 'end', error: reason.message });
    tell(id, reason);
  }
  await producer.close();
}

function tell(id, error) {
  console.error(`answer ${id}: ${error.message}`);
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
    refuse(
      502,
      error instanceof StreamError
        ? error.message
        : `Nothing answers at ${streams.origin}; start the streams server there.`,
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
      return env.ANTHROPIC_API_KEY ? anthropic(env) : end('Provider anthropic needs ANTHROPIC_API_KEY.');
    case 'openai':
      return env.OPENAI_API_KEY ? openai(env) : end('Provider openai needs OPENAI_API_KEY.');
    case 'demo':
      return Number(rate) > 0 ? demo(Number(rate)) : end(`--rate is a number above 0, not ${rate}.`);
    default:
      return end(`--provider is anthropic, openai or demo, not ${name}.`);
  }
}

/** Ends the answers that are under way, so that nobody waits for the rest of them. */
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
