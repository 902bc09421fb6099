import { rm } from 'node:fs/promises';
import { Faults, checkFault } from './faults.js';
import { Front } from './front.js';
import { JarProcess } from './jar.js';

const DEFAULTS = { port: 4437, host: '127.0.0.1', longPollTimeout: 30_000, compression: true };

/** What the options of the reference mean that the jar cannot be configured to do. */
const NOT_OFFERED = {
  cursorIntervalSeconds: 'the interval of cursors is fixed at the 20 seconds of the protocol',
  cursorEpoch: 'the epoch of cursors is fixed at that of the protocol',
};

const OWN = new Set([
  ...Object.keys(DEFAULTS),
  ...Object.keys(NOT_OFFERED),
  'dataDir',
  'onStreamCreated',
  'onStreamDeleted',
  'webhooks',
  'jar',
  'java',
  'javaOptions',
  'flags',
  'direct',
  'log',
]);

/**
 * A server for tests: a process of the jar, and by default a proxy in this process in front of it, which injects faults
 * and calls the hooks. Streams are kept in memory unless `dataDir` is set, and may have any path.
 */
export class DurableStreamTestServer {
  #faults = new Faults();
  #front;
  #jar;
  #jarPort = 0;
  #url;
  #serving = Promise.resolve();

  constructor(options = {}) {
    for (const name of Object.keys(options)) {
      if (!OWN.has(name)) {
        throw new Error(`unknown option "${name}"; expected one of ${[...OWN].join(', ')}`);
      }
      if (NOT_OFFERED[name] && options[name] !== undefined) {
        throw new Error(`the option "${name}" is not offered: ${NOT_OFFERED[name]}`);
      }
    }
    if (options.webhooks) {
      throw new Error('the option "webhooks" is not offered: the server has no subscriptions');
    }
    if (options.direct && (options.onStreamCreated || options.onStreamDeleted)) {
      throw new Error('hooks need the proxy, which the option "direct" omits');
    }
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    /** The hooks are read at each call, so that they may be set after the start. */
    this.options = { ...DEFAULTS, ...given };
  }

  /** Starts the server and returns its URL, without a slash at its end. */
  async start() {
    if (this.#url) {
      throw new Error('Server already started');
    }
    this.#url = 'starting';
    try {
      await this.#startJar();
      let port = this.#jar.port;
      if (!this.options.direct) {
        this.#front = new Front(this.#faults, event => this.#hook(event), () => this.#servingPort());
        port = await this.#front.listen(this.options.port, this.options.host);
      }
      this.#url = `http://${urlHost(this.options.host)}:${port}`;
      return this.#url;
    } catch (error) {
      this.#url = undefined;
      await this.#jar?.kill();
      this.#jar = undefined;
      throw error;
    }
  }

  /** Stops the server. Waiting long-polls are answered, and event streams end. */
  async stop() {
    if (!this.#jar) {
      return;
    }
    await this.#serving.catch(() => undefined);
    const [front, jar] = [this.#front, this.#jar];
    [this.#front, this.#jar, this.#url, this.#jarPort] = [undefined, undefined, undefined, 0];
    await jar.stop();
    await front?.close();
  }

  get url() {
    if (!this.#url) {
      throw new Error('Server not started');
    }
    return this.#url;
  }

  /**
   * Removes all streams: the jar is restarted without data. Requests that are sent meanwhile wait, so that a caller need
   * not await the promise unless the server is `direct`.
   */
  clear() {
    if (!this.#jar) {
      return Promise.reject(new Error('Server not started'));
    }
    this.#serving = this.#serving.then(() => this.#restart());
    // A failure is reported to the caller, and to each request that waits.
    this.#serving.catch(() => undefined);
    return this.#serving;
  }

  injectFault(path, fault) {
    this.#requireFront('injectFault');
    checkFault(fault);
    this.#faults.inject(path, fault);
  }

  injectError(path, status, count = 1, retryAfter = undefined) {
    this.#requireFront('injectError');
    this.#faults.inject(path, { status, count, retryAfter });
  }

  clearInjectedFaults() {
    this.#requireFront('clearInjectedFaults');
    this.#faults.clear();
  }

  /** The reference's store. Reading the property is allowed, using anything of it is not. */
  get store() {
    return new Proxy(
      {},
      {
        get(_target, name) {
          throw new Error(
            `store.${String(name)} is not offered: the streams are in another process. Use the HTTP API at server.url`
          );
        },
      }
    );
  }

  async #startJar() {
    this.#jar = await JarProcess.start(this.options, this.#flags());
    this.#jarPort = this.#jar.port;
  }

  #flags() {
    const { host, port, direct, longPollTimeout, dataDir, compression, flags } = this.options;
    const firstPort = direct ? port : 0;
    return [
      ...['--host', direct ? host : '127.0.0.1'],
      ...['--port', String(this.#jarPort || firstPort)],
      ...['--root', '/'],
      ...['--cors-origin', '*'],
      ...['--long-poll-timeout', `${longPollTimeout}ms`],
      ...['--long-poll-timeout-max', `${Math.max(longPollTimeout, 60_000)}ms`],
      ...['--shards', '1'],
      '--state-offsets',
      ...(dataDir ? ['--data-dir', dataDir] : ['--durability', 'memory']),
      ...(compression ? [] : ['--no-gzip']),
      ...(flags ?? []),
    ];
  }

  async #restart() {
    await this.#jar.kill();
    if (this.options.dataDir) {
      await rm(this.options.dataDir, { recursive: true, force: true });
    }
    await this.#startJar();
  }

  async #servingPort() {
    await this.#serving;
    return this.#jar.port;
  }

  async #hook(event) {
    const hook = event.type === 'created' ? this.options.onStreamCreated : this.options.onStreamDeleted;
    await hook?.({ ...event, timestamp: Date.now() });
  }

  #requireFront(name) {
    if (this.options.direct) {
      throw new Error(`${name} needs the proxy, which the option "direct" omits`);
    }
  }
}

function urlHost(host) {
  return host.includes(':') ? `[${host}]` : host;
}
