/** The actions on subscriptions, each as the description of its dialog and of its request. */

import { subscriptionTarget } from './requests.mjs';

const JSON_TYPE = { 'Content-Type': 'application/json' };

const lines = text =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');

const sending = (method, target, body) => ({ method, target, headers: JSON_TYPE, body: JSON.stringify(body) });

export function subscribing() {
  return {
    title: 'Create a subscription',
    label: 'Create',
    note: 'It follows streams for workers, from their present ends on; new streams from their beginning.',
    fields: [
      { name: 'id', label: 'Id', required: true, maxLength: 256, autofocus: true },
      { name: 'type', label: 'Workers are woken by', choices: { webhook: 'a webhook', 'pull-wake': 'a message in a stream' } },
      { name: 'url', label: 'URL of the webhook', type: 'url', required: true, when: ({ type }) => type === 'webhook' },
      {
        name: 'wakeStream',
        label: 'Wake stream, a JSON stream',
        required: true,
        when: ({ type }) => type === 'pull-wake',
      },
      { name: 'pattern', label: 'Pattern of streams', hint: '* is one segment of a path, ** any number of them.' },
      { name: 'streams', label: 'Streams by name, one on each line', type: 'textarea', rows: 3 },
      { name: 'lease', label: 'Seconds that a worker has', type: 'number', min: 1, max: 600, value: 30 },
      { name: 'description', label: 'Description', maxLength: 1024 },
    ],
    request: ({ id, type, url, wakeStream, pattern, streams, lease, description }) =>
      sending('PUT', subscriptionTarget(id), {
        type,
        ...(type === 'webhook' ? { webhook: { url } } : { wake_stream: wakeStream }),
        ...(pattern === '' ? {} : { pattern }),
        ...(lines(streams).length === 0 ? {} : { streams: lines(streams) }),
        ...(lease === '' ? {} : { lease_ttl_ms: Math.round(Number(lease) * 1000) }),
        ...(description === '' ? {} : { description }),
      }),
  };
}

export function linking(id) {
  return {
    title: `Add streams to ${id}`,
    label: 'Add',
    note: 'They are followed by name, from their present ends on.',
    fields: [{ name: 'streams', label: 'Paths, one on each line', type: 'textarea', required: true, autofocus: true }],
    request: ({ streams }) => sending('POST', subscriptionTarget(id, '/streams'), { streams: lines(streams) }),
  };
}

export function unlinking(id, path) {
  return {
    title: `Remove ${path} from ${id}?`,
    label: 'Remove',
    note: 'The stream is not followed by name any more. If the pattern matches it, it is still followed.',
    isDangerous: true,
    request: () => ({
      method: 'DELETE',
      target: subscriptionTarget(id, `/streams/${path.split('/').map(encodeURIComponent).join('/')}`),
    }),
  };
}

/** Moves the cursor of a stream. */
export function replaying(id, { path, acked_offset: acked }) {
  return {
    title: `Replay ${path}`,
    label: 'Move the cursor',
    note:
      `Workers of ${id} continue from the offset that you state: what follows it is processed again, or what is before ` +
      'it is skipped. The worker that has the lease now loses it.',
    fields: [
      {
        name: 'place',
        label: 'Continue at',
        choices: { beginning: 'the beginning of the stream', end: 'its end', offset: 'an offset' },
        autofocus: true,
      },
      {
        name: 'offset',
        label: 'Offset',
        value: acked,
        required: true,
        when: ({ place }) => place === 'offset',
        hint: 'The page of the stream shows the offset of each message.',
      },
    ],
    request: ({ place, offset }) =>
      sending('POST', subscriptionTarget(id, '/seek'), {
        stream: path,
        offset: { beginning: '-1', end: 'now', offset: offset.trim() }[place],
      }),
  };
}

export function unsubscribing(id) {
  return {
    title: `Delete the subscription ${id}?`,
    label: 'Delete',
    note: 'Its cursors are forgotten, and workers are not woken any more. The streams stay. This cannot be undone.',
    isDangerous: true,
    request: () => ({ method: 'DELETE', target: subscriptionTarget(id) }),
  };
}

export const subscriptionsRequest = query => ({ target: subscriptionTarget(undefined, '', query) });
export const subscriptionRequest = (id, query) => ({ target: subscriptionTarget(id, '', query) });
