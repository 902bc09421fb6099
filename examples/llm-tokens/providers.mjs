/**
 * Language models by their streaming HTTP APIs, and a generator that needs none. Each is { model, answer }, where
 * answer(prompt, signal) yields pieces of text; its error, if the answer is not whole, is a sentence for people.
 */

import { events } from '../shared/reader.mjs';
import { Interrupted, pause } from '../shared/requests.mjs';

const ANSWER_TOKENS_MAX = 4_096;

/** Messages API; the base address is one without the version, as Anthropic's own clients have it. */
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
    throw new Error('Anthropic broke off');
  }
  return { model, answer };
}

/** Chat completions, which many servers speak; the base address ends with the version, as OpenAI's own clients have it. */
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
    throw new Error('OpenAI broke off');
  }
  return { model, answer };
}

function addressBelow(base, path) {
  return `${base.replace(/\/+$/, '')}/${path}`;
}

/** A model also stops where it has reached its limit, or is made to. */
function expectWhole(stopReason, ...whole) {
  if (!whole.includes(stopReason)) {
    throw new Error(`the model stopped early (${stopReason})`);
  }
}

/** The JSON events of a provider's answer; those that tell of an error are thrown. */
async function* ask(provider, url, headers, body, signal) {
  const request = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  };
  const response = await fetch(url, request).catch(error => {
    throw new Error(`${provider} cannot be reached at ${url} (${error.cause?.code ?? error.message})`);
  });
  if (!response.ok) {
    const told = await response.json().catch(() => ({}));
    throw new Error(`${provider} answered ${response.status}${told.error ? `: ${messageOf(told.error)}` : ''}`);
  }
  try {
    for await (const { data } of events(response.body)) {
      const event = data === '' || data === '[DONE]' ? {} : JSON.parse(data);
      if (event.error) {
        throw new Error(`${provider} broke off: ${messageOf(event.error)}`);
      }
      yield event;
    }
  } catch (error) {
    throw error instanceof Interrupted ? new Error(`the connection to ${provider} broke`) : error;
  }
}

/** Without the full stop, because more may follow. */
function messageOf(error) {
  return String(error.message ?? error).replace(/\.$/, '');
}

/** Says the same to the same prompt, at an even rate. */
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
