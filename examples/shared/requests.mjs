/** Shared by the reader and the writer: requests with two kinds of failure, and pauses; for browsers and for Node. */

const RETRY_MILLIS_MIN = 250;
const RETRY_MILLIS_MAX = 5_000;
const REQUEST_TIMEOUT_MILLIS = 15_000;

/** A refusal that a retry does not change. */
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
      // The body is not the server's, but that of a proxy.
    }
    return new StreamError(response.status, message, response.headers.get('Stream-Earliest-Offset'));
  }
}

/** The server is unreachable or cannot respond now; a later retry may succeed. */
export class Interrupted extends Error {}

const isTemporary = status => status >= 500 || status === 408 || status === 429;

/** Returns a successful response; throws Interrupted or StreamError otherwise. */
export async function request(url, options) {
  const response = await interruptible(() => fetch(url, options));
  if (isTemporary(response.status)) {
    await response.body?.cancel();
    throw new Interrupted(`the server answered ${response.status}`);
  }
  if (!response.ok) {
    throw await StreamError.of(response);
  }
  return response;
}

/** Runs a step whose errors are network errors, and turns them into Interrupted. */
export async function interruptible(step) {
  try {
    return await step();
  } catch (error) {
    throw new Interrupted(error.message, { cause: error });
  }
}

/** Whether the server of a URL responds, although the browser may not show the response to this page. */
export async function isReachable(url) {
  try {
    await fetch(new URL('/health', url), { mode: 'no-cors', cache: 'no-store', signal: withTimeout() });
    return true;
  } catch {
    return false;
  }
}

export function withTimeout(signal) {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MILLIS);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** The pause before a retry: doubles with each failure, and is random so that clients do not all retry at once. */
export function retryMillis(failures) {
  return Math.min(RETRY_MILLIS_MIN * 2 ** failures, RETRY_MILLIS_MAX) * (0.5 + Math.random() / 2);
}

/** Waits until the time is over or `signal` aborts. */
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
