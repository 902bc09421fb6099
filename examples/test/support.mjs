/** Starts the packaged server, examples and a browser for the tests, and waits for conditions. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const JAR = fileURLToPath(new URL('../../server/target/durable-streams-server.jar', import.meta.url));
const START_TIMEOUT_MILLIS = 60_000;
const WAIT_TIMEOUT_MILLIS = 60_000;

/** The processes and directories to remove at the end of the tests, even after a failure. */
const running = new Set();
const folders = new Set();

process.on('exit', () => {
  running.forEach(child => child.kill('SIGKILL'));
  folders.forEach(folder => rmSync(folder, { recursive: true, force: true }));
});
process.once('SIGINT', () => process.exit(1)).once('SIGTERM', () => process.exit(1));

/** A program that prints a line when it is ready. */
class Program {
  #process;

  /** Starts a program, waits for lines that match all of `ready` in this order, and returns their first groups. */
  async start(command, args, ready, env = {}) {
    this.#process = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(this.#process);
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), START_TIMEOUT_MILLIS);
    const addresses = [];
    try {
      for await (const line of createInterface(this.#process.stdout)) {
        const match = ready[addresses.length].exec(line);
        if (match) {
          addresses.push(match[1]);
        }
        if (addresses.length === ready.length) {
          return addresses;
        }
      }
    } finally {
      clearTimeout(timer);
      this.#process.stdout.resume();
    }
    throw new Error(`${command} ${args.join(' ')} ended before it was ready`);
  }

  async stop(signal = 'SIGTERM') {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill(signal);
      await once(this.#process, 'exit');
    }
    running.delete(this.#process);
  }
}

/** A Durable Streams server on a free port with its own directory. */
export class StreamServer {
  #program = new Program();
  #folder;
  #flags;
  #port = '0';
  url;
  /** The address of the listener for administration, if the flags have one. */
  adminUrl;
  /** The token of the principal ada, on a guarded server. */
  secret;

  static async started(...flags) {
    const server = await StreamServer.#made();
    server.#flags = flags;
    await server.start();
    return server;
  }

  /** A server with a token of the principal ada, and a policy of these rules. */
  static async guarded(...rules) {
    const server = await StreamServer.#made();
    const [tokens, policy] = ['tokens', 'policy'].map(name => join(server.#folder, name));
    const printed = execFileSync('java', ['-jar', JAR, 'token', '--name', 'ada'], { encoding: 'utf8' });
    const [secret, line] = printed.split('\n');
    await writeFile(tokens, `${line}\n`, { mode: 0o600 });
    await writeFile(policy, rules.map(rule => `${rule}\n`).join(''), { mode: 0o600 });
    server.secret = secret;
    server.#flags = ['--token-file', tokens, '--policy-file', policy];
    await server.start();
    return server;
  }

  static async #made() {
    const server = new StreamServer();
    server.#folder = await mkdtemp(join(tmpdir(), 'streamkeeper-examples-'));
    folders.add(server.#folder);
    return server;
  }

  /** Starts the server, or restarts it on the same port. */
  async start() {
    const args = [
      '-Xmx256m',
      '-jar',
      JAR,
      '--port',
      this.#port,
      '--data-dir',
      join(this.#folder, 'data'),
      ...this.#flags,
    ];
    const ready = [/is ready on (http\S+?)\/v1\/stream\//];
    if (this.#flags.includes('--admin-listen')) {
      ready.push(/^Administration is on (http\S+)/);
    }
    [this.url, this.adminUrl] = await this.#program.start('java', args, ready);
    this.#port = new URL(this.url).port;
  }

  async kill() {
    await this.#program.stop('SIGKILL');
  }

  async close() {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true });
    folders.delete(this.#folder);
  }
}

/** The program that serves the page of an example. */
export class Example {
  #program = new Program();
  url;

  static async started(name, streams, args = [], env = {}) {
    const example = new Example();
    const file = fileURLToPath(new URL(`../${name}/server.mjs`, import.meta.url));
    const all = [file, '--streams', streams, '--port', '0', ...args];
    const keyless = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '', ...env };
    const ready = [/The page is at (http\S+)/];
    [example.url] = await example.#program.start(process.execPath, all, ready, keyless);
    return example;
  }

  async close() {
    await this.#program.stop();
  }
}

const BROWSER_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser() {
  return chromium.launch({ executablePath: await findChromium(), args: BROWSER_FLAGS });
}

/** A context of a browser whose user has blocked all cookies, and so the storage and the locks of pages. */
export async function openContextWithoutStorage() {
  const profile = await mkdtemp(join(tmpdir(), 'streamkeeper-profile-'));
  folders.add(profile);
  await mkdir(join(profile, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const options = { executablePath: await findChromium(), args: BROWSER_FLAGS };
  const context = await chromium.launchPersistentContext(profile, options);
  context.setDefaultTimeout(WAIT_TIMEOUT_MILLIS);
  return context;
}

const findChromium = () => findProgram(process.env.CHROMIUM ?? 'chromium');

/** A browser context, isolated from all others. */
export async function openContext(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_TIMEOUT_MILLIS);
  return context;
}

/** Finds a program by its path, or by its name in the PATH. */
async function findProgram(name) {
  const places = name.includes('/') ? [name] : process.env.PATH.split(delimiter).map(folder => join(folder, name));
  for (const place of places) {
    if (
      await access(place, constants.X_OK).then(
        () => true,
        () => false,
      )
    ) {
      return place;
    }
  }
  throw new Error(`Program ${name} not found; set CHROMIUM to another`);
}

/** Makes a certificate for this machine in a folder, and returns the flags of the server for it. */
export function selfSigned(folder) {
  const [cert, key] = ['cert.pem', 'key.pem'].map(name => join(folder, name));
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...algorithm, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  return ['--tls-cert', cert, '--tls-key', key];
}

/** Waits until `check` returns a truthy value; polls, because the condition is in another process. */
export async function until(what, check, timeoutMillis = WAIT_TIMEOUT_MILLIS) {
  const end = performance.now() + timeoutMillis;
  for (;;) {
    const found = await check();
    if (found) {
      return found;
    }
    if (performance.now() > end) {
      throw new Error(`Timeout after ${timeoutMillis} ms: ${what}`);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
