/** A fake language model with OpenAI's API, which pauses in the middle of an answer on demand. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

const TOKEN_MILLIS = 10;
const WORDS = [' and', ' naïve', '\n\n', ' 一度だけ', ' 🚇', ' <b>&amp;', ' "quoted"', '\\n', ' on', ' \u2028', ','];

export class Model {
  tokens = Array.from({ length: 240 }, (_, n) => (n % 5 === 0 ? ` ${n}` : WORDS[n % WORDS.length]));
  text = this.tokens.join('');
  /** The number of tokens before the model waits for release(). */
  half = this.tokens.length / 2;
  wholeCount = 0;
  #server = createServer((request, response) => this.#answer(request, response));
  #refusal;
  #released = Promise.resolve();
  #release = () => {};

  static async started() {
    const model = new Model();
    model.#server.listen(0, '127.0.0.1');
    await once(model.#server, 'listening');
    return model;
  }

  /** The environment with which an example uses this model. */
  get env() {
    const base = `http://127.0.0.1:${this.#server.address().port}/v1`;
    return { OPENAI_API_KEY: 'a key', OPENAI_BASE_URL: base, OPENAI_MODEL: 'some model' };
  }

  /** From now on, answers pause in their middle until release() is called. */
  hold() {
    this.#released = new Promise(resolve => (this.#release = resolve));
  }

  release() {
    this.#release();
  }

  /** Refuses the next question. */
  refuseOnce(status, message) {
    this.#refusal = { status, body: JSON.stringify({ error: { message, type: 'some_error', code: null } }) };
  }

  close() {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request, response) {
    await text(request);
    if (this.#refusal) {
      response.writeHead(this.#refusal.status, { 'Content-Type': 'application/json' });
      response.end(this.#refusal.body);
      this.#refusal = undefined;
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const [n, content] of this.tokens.entries()) {
      if (n === this.half) {
        await this.#released;
      }
      response.write(chunk({ content }, null));
      await wait(TOKEN_MILLIS);
    }
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
    this.wholeCount++;
  }
}

function chunk(delta, finishReason) {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}
