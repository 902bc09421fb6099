const REGISTRY_PATH = '/v1/stream/__registry__';
const STREAMS_PATH = /^\/v1\/stream\//;

/**
 * Returns the hooks `onStreamCreated` and `onStreamDeleted`, which append each creation and deletion to the stream
 * `/v1/stream/__registry__`, as those of the reference do.
 *
 * @param {unknown} _store the reference's store, which is not needed here
 * @param {string} serverUrl
 */
export function createRegistryHooks(_store, serverUrl) {
  const url = `${serverUrl}${REGISTRY_PATH}`;

  async function append(change) {
    await send('PUT', undefined);
    await send('POST', JSON.stringify(change));
  }

  async function send(method, body) {
    const response = await fetch(url, { method, headers: { 'Content-Type': 'application/json' }, body });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${method} ${url}: ${response.status} ${text}`);
    }
  }

  return {
    async onStreamCreated({ path, contentType, timestamp }) {
      const key = path.replace(STREAMS_PATH, '');
      // The hook of the registry's own creation would append to it, and so call itself.
      if (path !== REGISTRY_PATH) {
        await append({
          type: 'stream',
          key,
          value: { path: key, contentType: contentType ?? 'application/octet-stream', createdAt: timestamp },
          headers: { operation: 'insert' },
        });
      }
    },
    async onStreamDeleted({ path }) {
      if (path !== REGISTRY_PATH) {
        await append({ type: 'stream', key: path.replace(STREAMS_PATH, ''), headers: { operation: 'delete' } });
      }
    },
  };
}
