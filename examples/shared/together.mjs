/**
 * Follows a JSON stream in all tabs of a browser by one live read: over HTTP/1.1, a browser opens at most six
 * connections to a server for all tabs together.
 *
 * The tabs that follow a stream, and a SharedWorker where the browser has it, are the members of a group. One member is
 * the leader: it reads the stream and broadcasts what it reads to the others. See member.mjs.
 */

import { Member } from './member.mjs';
import { follow } from './reader.mjs';

/** How long a tab waits for the worker before it stands for leader itself. */
const WORKER_START_MILLIS = 3_000;

/**
 * Follows a stream from its beginning until it is closed. A tab that comes later gets the last `keep` messages first.
 *
 * Yields { messages, reset, closed }: if `reset` is true, the messages replace all earlier ones. Calls `onLost` when
 * the connection of the leader is lost; the next batch means that it is back. Throws the error that ended the read of
 * the leader.
 *
 * Where the browser denies locks, as it does if it blocks storage, each tab has a live read of its own.
 */
export async function* followTogether(url, { keep, onLost = () => {} }) {
  if (!(await hasLocks())) {
    yield* follow(url, { onLost });
    return;
  }
  const changes = [];
  let wake;
  const member = new Member(url, keep, change => {
    changes.push(change);
    wake?.();
  });
  try {
    await startWorker(url, keep);
    member.stand();
    for (;;) {
      while (changes.length === 0) {
        await new Promise(resolve => (wake = resolve));
      }
      const change = changes.shift();
      if (change.problem) {
        throw new Error(change.problem);
      }
      change.lost ? onLost() : yield change;
      if (change.closed) {
        return;
      }
    }
  } finally {
    member.close();
  }
}

async function hasLocks() {
  try {
    return await navigator.locks.request('probe', { ifAvailable: true }, () => true);
  } catch {
    return false;
  }
}

/**
 * Starts the worker of a stream, or connects to it, and waits until it stands for leader, so that it leads rather than
 * a tab: a tab that leads is closed sooner. Without a worker, the first tab leads.
 */
function startWorker(url, keep) {
  if (!globalThis.SharedWorker) {
    return;
  }
  const name = JSON.stringify({ url: String(url), keep });
  const worker = new SharedWorker(new URL('member-worker.mjs', import.meta.url), { type: 'module', name });
  return new Promise(resolve => {
    worker.addEventListener('error', resolve);
    worker.port.onmessage = resolve;
    setTimeout(resolve, WORKER_START_MILLIS);
  });
}
