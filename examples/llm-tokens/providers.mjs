/**
 * Language models with streaming HTTP APIs, and a demo generator. Each is { model, answer }, where answer(prompt,
 * signal) yields pieces of text; if the answer is incomplete, it throws an error with a readable message.
 */

import { events } from '../shared/reader.mjs';
import { Interrupted, pause } from '../shared/requests.mjs';

const ANSWER_TOKENS_MAX = 4_096;

/** The Messages API; as in Anthropic's clients, the base URL does not include the version. */
export function anthropic(env) {
  const model = env.ANTHROPIC_MODEL || 'claude-sonnet-4-5';
  const url = addressBelow(env.ANTHROPIC_BASE_URL || 'https://api.anthropic.com', 'v1/messages');
  const headers = { 'x-api-key': env.ANTHROPIC_API_KEY, 'anthropic-version': '2023-06-01' };
  async function* answer(prompt, signal) {
    const messages = [{ role: 'user', content: prompt }];
    const body = { model, max_tokens: ANSWER_TOKENS_MAX, stream: true, messages };
    let stopReason = '';
    for await (const event of ask('Anthropic', url, headers, body, signal)) {
      if (event.delta?.type === 'text_delta') {
        yield event.delta.text;
      }
      stopReason = event.delta?.stop_reason ?? stopReason;
      if (event.type === 'message_stop') {
        return expectWhole(stopReason, 'end_turn', 'stop_sequence');
      }
    }
    throw new Error('Anthropic ended the answer early');
  }
  return { model, answer };
}

/** Chat Completions, which many servers implement; as in OpenAI's clients, the base URL includes the version. */
export function openai(env) {
  const model = env.OPENAI_MODEL || 'gpt-4o-mini';
  const url = addressBelow(env.OPENAI_BASE_URL || 'https://api.openai.com/v1', 'chat/completions');
  const headers = { Authorization: `Bearer ${env.OPENAI_API_KEY}` };
  async function* answer(prompt, signal) {
    const body = { model, stream: true, messages: [{ role: 'user', content: prompt }] };
    for await (const event of ask('OpenAI', url, headers, body, signal)) {
      const choice = event.choices?.[0];
      if (choice?.delta?.content) {
        yield choice.delta.content;
      }
      if (choice?.finish_reason) {
        return expectWhole(choice.finish_reason, 'stop');
      }
    }
    throw new Error('OpenAI ended the answer early');
  }
  return { model, answer };
}

function addressBelow(base, path) {
  return `${base.replace(/\/+$/, '')}/${path}`;
}

/** Throws if the model stopped for another reason, such as its token limit. */
function expectWhole(stopReason, ...whole) {
  if (!whole.includes(stopReason)) {
    throw new Error(`the model stopped early (${stopReason})`);
  }
}

/** Yields the JSON events of a provider's response; throws the errors that it contains. */
async function* ask(provider, url, headers, body, signal) {
  const request = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  };
  const response = await fetch(url, request).catch(error => {
    throw new Error(`${provider} is unreachable at ${url} (${error.cause?.code ?? error.message})`);
  });
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new Error(`${provider} answered ${response.status}${body.error ? `: ${messageOf(body.error)}` : ''}`);
  }
  try {
    for await (const { data } of events(response.body)) {
      const event = data === '' || data === '[DONE]' ? {} : JSON.parse(data);
      if (event.error) {
        throw new Error(`${provider} reported an error: ${messageOf(event.error)}`);
      }
      yield event;
    }
  } catch (error) {
    throw error instanceof Interrupted ? new Error(`the connection to ${provider} was lost`) : error;
  }
}

/** The message without its full stop, because more text may follow. */
function messageOf(error) {
  return String(error.message ?? error).replace(/\.$/, '');
}

/** Generates the same text for the same prompt, at a constant rate. */
export function demo(rate) {
  async function* answer(prompt, signal) {
    const start = performance.now();
    let count = 0;
    for (const token of demoText(prompt).match(/\s*\S{1,6}/gu)) {
      await pause(start + (++count * 1_000) / rate - performance.now(), signal);
      signal.throwIfAborted();
      yield token;
    }
  }
  return { model: `demo generator, ${rate} tokens/s`, answer };
}

function demoText(prompt) {
  return `You asked: “${prompt}”

I am not a language model, only a generator of always the same text at a constant rate. The streaming is real: each of \
these tokens was appended to a durable stream before it reached you, and is now on the server’s disk.

Try to break it:

1. Press “Disconnect” in the middle of a sentence, wait, and press “Resume”. The page reads the stream from its \
last offset, and continues with the very next token.

2. Kill this tab and open the link again. The page shows the whole answer – café Wi-Fi and naïve clients included.

3. Open the link in a second and a third tab. They read the same stream independently, and the model works only once.

4. Kill the server, even with SIGKILL, and restart it. The page shows “reconnecting”; the writer keeps its tokens \
and repeats its last request. The sequence number of the request lets the server recognise a duplicate: nothing is \
written twice.

The end of the answer closes the stream. From then on a reader knows that no more data will follow, and a replay is \
one plain GET that any cache may store. In short: a stream is a URL, an offset is a place in it, and a client that \
has both can continue from there.`;
}
