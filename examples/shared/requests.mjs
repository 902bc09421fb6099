/** What reading and writing share: requests that fail in one of two ways, and waiting; for browsers and for Node. */

const RETRY_MILLIS_MIN = 250;
const RETRY_MILLIS_MAX = 5_000;
const REQUEST_TIMEOUT_MILLIS = 15_000;

/** A refusal that waiting does not change. */
export class StreamError extends Error {
  constructor(status, message, earliestOffset) {
    super(message);
    this.status = status;
    this.earliestOffset = earliestOffset;
  }

  static async of(response) {
    const body = await interruptible(() => response.text());
    let message = `the server answered ${response.status}`;
    try {
      message = JSON.parse(body).error.message;
    } catch {
      // Not the server's own words, but those of something in between.
    }
    return new StreamError(response.status, message, response.headers.get('Stream-Earliest-Offset'));
  }
}

/** A server that cannot be reached, or cannot answer now, may do so later. */
export class Interrupted extends Error {}

const isPassing = status => status >= 500 || status === 408 || status === 429;

/** A response that is a success; else an Interrupted or a StreamError. */
export async function request(url, options) {
  const response = await interruptible(() => fetch(url, options));
  if (isPassing(response.status)) {
    await response.body?.cancel();
    throw new Interrupted(`the server answered ${response.status}`);
  }
  if (!response.ok) {
    throw await StreamError.of(response);
  }
  return response;
}

/** What fails here fails because of the network. */
export async function interruptible(step) {
  try {
    return await step();
  } catch (error) {
    throw new Interrupted(error.message, { cause: error });
  }
}

export function withTimeout(signal) {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MILLIS);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Doubles with each failure; somewhat random, so that clients of a server that was down do not come all at once. */
export function retryMillis(failures) {
  return Math.min(RETRY_MILLIS_MIN * 2 ** failures, RETRY_MILLIS_MAX) * (0.5 + Math.random() / 2);
}

/** Waits, but not when `signal` says stop. */
export function pause(millis, signal) {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal?.aborted ? 0 : millis);
    signal?.addEventListener('abort', end);
  });
}
