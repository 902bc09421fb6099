import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The place of the jar in a checkout of Streamkeeper in which this package lies, too. */
const BUILT_JAR = fileURLToPath(new URL('../../../server/target/durable-streams-server.jar', import.meta.url));

/** A test starts many short-lived servers: one compiler and one small collector start fastest. */
const JAVA_OPTIONS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx512m'];

const READY = / is ready on (http:\/\/\S+)/;
const READY_TIMEOUT_MILLIS = 60_000;
const STOP_TIMEOUT_MILLIS = 15_000;
const ERROR_OUTPUT_CHARACTERS_MAX = 8_192;

/** The processes that run. They end when this process exits, whether stop() was called or not. */
const running = new Set();

function endAll() {
  for (const child of running) {
    child.kill('SIGKILL');
  }
}

/** Returns the path of the jar: the option, else STREAMKEEPER_JAR, else the build output of the checkout. */
function jarPath(option) {
  const path = option ?? process.env.STREAMKEEPER_JAR ?? BUILT_JAR;
  if (!existsSync(path)) {
    throw new Error(`the jar of Streamkeeper is not at ${path}: set the option "jar" or the variable STREAMKEEPER_JAR`);
  }
  return path;
}

function javaPath(option) {
  return option ?? (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java');
}

/** The variables DS_… configure a server. Those of the user's shell must not change what a test starts. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DS_')));
}

/** A process of the jar. */
export class JarProcess {
  #child;
  #ended;
  #errors = '';

  /** The port that the process listens on. */
  port;

  /**
   * Starts a process and waits until it is ready.
   *
   * @param {{jar?: string, java?: string, javaOptions?: string[], log?: boolean}} options
   * @param {string[]} flags the flags of the server
   */
  static async start(options, flags) {
    const jar = new JarProcess();
    await jar.#start(options, flags);
    return jar;
  }

  async #start(options, flags) {
    const arguments_ = [...(options.javaOptions ?? JAVA_OPTIONS), '-jar', jarPath(options.jar), ...flags];
    this.#child = spawn(javaPath(options.java), arguments_, {
      cwd: tmpdir(),
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (running.size === 0) {
      process.on('exit', endAll);
    }
    running.add(this.#child);
    this.#ended = new Promise(resolve => {
      this.#child.once('error', error => this.#end(resolve, `cannot be run: ${error.message}`));
      this.#child.once('exit', (code, signal) => this.#end(resolve, `ended with ${signal ?? `status ${code}`}`));
    });
    this.#child.stderr.setEncoding('utf8').on('data', text => this.#keepErrors(text, options.log));
    this.port = Number(new URL(await this.#readyUrl()).port);
  }

  #end(resolve, how) {
    running.delete(this.#child);
    if (running.size === 0) {
      process.off('exit', endAll);
    }
    resolve(how);
  }

  #keepErrors(text, log) {
    this.#errors = (this.#errors + text).slice(-ERROR_OUTPUT_CHARACTERS_MAX);
    if (log) {
      process.stderr.write(text);
    }
  }

  async #readyUrl() {
    let timer;
    const late = new Promise(resolve => {
      timer = setTimeout(resolve, READY_TIMEOUT_MILLIS, `was not ready within ${READY_TIMEOUT_MILLIS} ms`);
    });
    let output = '';
    const ready = new Promise(resolve => {
      this.#child.stdout.setEncoding('utf8').on('data', text => {
        output = (output + text).slice(-ERROR_OUTPUT_CHARACTERS_MAX);
        const match = READY.exec(output);
        if (match) {
          resolve({ url: match[1] });
        }
      });
    });
    const first = await Promise.race([ready, this.#ended, late]);
    clearTimeout(timer);
    if (first.url) {
      return first.url;
    }
    this.#child.kill('SIGKILL');
    throw new Error(`the server ${first}: ${(this.#errors + output).trim()}`);
  }

  /** Ends the process in the way of an operator, with SIGTERM, and by force if that takes too long. */
  async stop() {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MILLIS);
    this.#child.kill('SIGTERM');
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends the process at once, in the way of a crash. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
