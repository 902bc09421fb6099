/** An event of the hooks. */
export interface StreamLifecycleEvent {
  type: 'created' | 'deleted';
  path: string;
  /** Only of creations. */
  contentType?: string;
  /** Milliseconds since 1970. */
  timestamp: number;
}

export type StreamLifecycleHook = (event: StreamLifecycleEvent) => void | Promise<void>;

export interface TestServerOptions {
  /** Port to listen on; 0 for any that is free. Default: 4437. */
  port?: number;
  /** Host to listen on. Default: "127.0.0.1". */
  host?: string;
  /** How long a long-poll waits, in milliseconds. Default: 30000. */
  longPollTimeout?: number;
  /** Directory in which streams are kept, with each append synced. Default: none, streams are in memory. */
  dataDir?: string;
  /** Called before the response of a creation. */
  onStreamCreated?: StreamLifecycleHook;
  /** Called before the response of a deletion. */
  onStreamDeleted?: StreamLifecycleHook;
  /** Whether responses are compressed for clients that accept it. Default: true. */
  compression?: boolean;
  /** Only false: the server has no subscriptions. */
  webhooks?: false;
  /** The jar. Default: STREAMKEEPER_JAR, else the build output of the checkout in which this package lies. */
  jar?: string;
  /** The program java. Default: that of JAVA_HOME, else of the PATH. */
  java?: string;
  /** Options of the JVM. Default: those with which it starts fastest. */
  javaOptions?: string[];
  /** More flags of the server, such as ["--max-body", "1MiB"]. */
  flags?: string[];
  /** Whether url is the jar's own, without the proxy; then there are no faults and no hooks. Default: false. */
  direct?: boolean;
  /** Whether what the server writes to standard error is written to that of this process. Default: false. */
  log?: boolean;
}

/** What happens to the next `count` requests of a path. */
export interface InjectedFault {
  status?: number;
  /** Default: 1. */
  count?: number;
  /** Seconds, with status. */
  retryAfter?: number;
  delayMs?: number;
  jitterMs?: number;
  dropConnection?: boolean;
  truncateBodyBytes?: number;
  corruptBody?: boolean;
  /** From 0 to 1. Default: 1. */
  probability?: number;
  /** Only requests of this method. */
  method?: string;
  /** An event before the others of an event stream. */
  injectSseEvent?: { eventType: string; data: string };
}

export declare class DurableStreamTestServer {
  constructor(options?: TestServerOptions);
  readonly options: TestServerOptions;
  /** Starts the server and returns its URL, without a slash at its end. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** The URL; throws before start() and after stop(). */
  get url(): string;
  /** Removes all streams. Requests that are sent meanwhile wait, except with `direct`. */
  clear(): Promise<void>;
  injectFault(path: string, fault: InjectedFault): void;
  /** @deprecated use injectFault */
  injectError(path: string, status: number, count?: number, retryAfter?: number): void;
  clearInjectedFaults(): void;
  /** Any use of a member throws: the streams are in another process. */
  get store(): never;
}

/** Hooks that append creations and deletions to `/v1/stream/__registry__`; the store is ignored. */
export declare function createRegistryHooks(
  store: unknown,
  serverUrl: string
): { onStreamCreated: StreamLifecycleHook; onStreamDeleted: StreamLifecycleHook };
