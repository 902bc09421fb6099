// Runs the client conformance suite of the protocol's repository with each official client that can be built here, and
// the tests of its packages, against the reference server and against the packaged jar; prints a table of both.
//
//   node bench/peers/clients.mjs CHECKOUT [--jar JAR] [--only go,state,…] [--work DIR]
//
// CHECKOUT is a checkout of the repository, which is not changed: it is copied to DIR, and what its packages need is
// installed there from package registries. What cannot be built is reported with the reason and is no failure. Exits
// with 1 if a test passes against the reference and fails against the jar, except for KNOWN.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEST_SERVER = join(ROOT, 'clients/test-server/src/index.js');

/** Why a test may fail against the jar only: docs/clients.md. */
const KNOWN = new Map([
  ['consumer-sse/sse-strips-single-leading-space', 'the reference loses a space at the beginning of SSE data'],
]);

const INSTALL_MAX_MILLIS = 10 * 60_000;
const RUN_MAX_MILLIS = 10 * 60_000;

/** The packages whose tests start a DurableStreamTestServer, and where the tests are. */
const PACKAGES = {
  state: 'packages/state/test/**/*.test.ts',
  'y-durable-streams': 'packages/y-durable-streams/test/**/*.test.ts',
  proxy: 'packages/proxy/src/__tests__/**/*.test.ts',
  cli: 'packages/cli/test/**/*.test.ts',
};

/** How the adapter of each client is built in its package, and the command that runs it there. */
const CLIENTS = {
  typescript: { needs: ['node'], adapter: 'ts' },
  go: {
    needs: ['go'],
    folder: 'client-go',
    build: () => [['go', 'build', '-o', 'adapter', './cmd/conformance-adapter']],
    command: './adapter',
  },
  rust: {
    needs: ['cargo'],
    folder: 'client-rust',
    build: () => [['cargo', 'build', '--release', '--target-dir', 'built', '--bin', 'conformance-adapter']],
    command: './built/release/conformance-adapter',
  },
  python: { needs: ['python3'], folder: 'client-py', build: python, command: 'venv/bin/python conformance_adapter.py' },
  'python-async': {
    needs: ['python3'],
    folder: 'client-py',
    build: python,
    command: 'venv/bin/python conformance_adapter_async.py',
  },
  java: {
    needs: ['javac', 'java'],
    folder: 'client-java',
    build: folder => [['javac', '--release', '17', '-d', 'classes', ...filesBelow(folder, '.java')]],
    command: 'java -cp classes com.durablestreams.ConformanceAdapter',
  },
  php: {
    needs: ['php', 'composer'],
    folder: 'client-php',
    build: () => [['composer', 'dump-autoload', '--no-interaction', '--quiet']],
    command: 'php bin/conformance-adapter',
  },
  ruby: {
    needs: ['ruby'],
    folder: 'client-rb',
    build: () => [['ruby', '-Ilib', '-e', "require 'durable_streams'"]],
    command: 'ruby conformance_adapter.rb',
  },
  elixir: {
    needs: ['mix'],
    folder: 'client-elixir',
    build: () => [
      ['mix', 'deps.get'],
      ['mix', 'escript.build'],
    ],
    command: './conformance-adapter',
  },
  dotnet: {
    needs: ['dotnet'],
    folder: 'client-dotnet',
    build: () => [['dotnet', 'build', '--configuration', 'Release', '--output', 'built']],
    command: 'dotnet built/DurableStreams.ConformanceAdapter.dll',
  },
  swift: {
    needs: ['swift'],
    folder: 'client-swift',
    build: () => [['swift', 'build', '-c', 'release']],
    command: '.build/release/conformance-adapter',
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jar: { type: 'string' }, only: { type: 'string' }, work: { type: 'string' } },
});
if (positionals.length !== 1 || !existsSync(join(positionals[0], 'packages/client-conformance-tests'))) {
  console.error('usage: node clients.mjs CHECKOUT [--jar JAR] [--only NAME,…] [--work DIR]; CHECKOUT has packages/');
  process.exit(2);
}
const names = values.only?.split(',') ?? [...Object.keys(CLIENTS), ...Object.keys(PACKAGES)];
const unknown = names.filter(name => !CLIENTS[name] && !PACKAGES[name]);
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; expected ${[...Object.keys(CLIENTS), ...Object.keys(PACKAGES)]}`);
  process.exit(2);
}
const jar = resolve(values.jar ?? join(ROOT, 'server/target/durable-streams-server.jar'));
if (!existsSync(jar)) {
  console.error(`there is no jar at ${jar}: build it, or name it with --jar`);
  process.exit(2);
}
const checkout = resolve(values.work ?? join(tmpdir(), 'streamkeeper-clients'));
const packages = join(checkout, 'packages');
const environment = { ...process.env, STREAMKEEPER_JAR: jar, NO_COLOR: '1' };

prepare(resolve(positionals[0]));
const rows = names.map(name => {
  console.error(`${name} …`);
  return CLIENTS[name] ? clientRow(name, CLIENTS[name]) : packageRow(name);
});
console.log(table(rows));
process.exit(rows.some(row => row.differences.some(name => !KNOWN.has(name)) || row.isIncomplete) ? 1 : 0);

// ---- the work folder ----

/** Copies the checkout, installs what its TypeScript packages need, and lets "the server" mean either of the two. */
function prepare(source) {
  if (source !== checkout) {
    rmSync(checkout, { recursive: true, force: true });
    mkdirSync(checkout, { recursive: true });
    const skipped = new Set(['node_modules', '.git', 'target', '.build']);
    cpSync(source, checkout, { recursive: true, filter: path => !skipped.has(path.split('/').at(-1)) });
  }
  const manager = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')).packageManager;
  const wanted = ['.', 'client', 'server', 'client-conformance-tests', ...Object.keys(PACKAGES)];
  const filters = wanted.map(name => `--filter=${name === '.' ? '.' : `./packages/${name}`}`);
  const installed = run(
    checkout,
    ['npx', '--yes', manager, 'install', '--frozen-lockfile', '--ignore-scripts', ...filters],
    INSTALL_MAX_MILLIS
  );
  if (installed.status !== 0) {
    console.error(`the packages cannot be installed:\n${installed.output}`);
    process.exit(2);
  }
  for (const [server, path] of [
    ['reference', 'packages/server/src/index.ts'],
    ['jar', TEST_SERVER],
  ]) {
    const paths = { '@durable-streams/server': [path] };
    for (const name of ['client', 'state']) {
      paths[`@durable-streams/${name}`] = [`packages/${name}/src/index.ts`];
    }
    const options = { module: 'esnext', moduleResolution: 'bundler', target: 'es2022', baseUrl: '.', paths };
    writeFileSync(join(checkout, `tsconfig.${server}.json`), JSON.stringify({ compilerOptions: options }));
  }
  writeFileSync(join(checkout, 'vitest.clients.config.ts'), vitestConfig());
}

function vitestConfig() {
  const sources = ['client', 'cli', 'state', 'proxy'];
  const aliases = Object.fromEntries(sources.map(name => [`@durable-streams/${name}`, join(packages, name, 'src')]));
  aliases['y-durable-streams'] = join(packages, 'y-durable-streams/src');
  return `import { defineConfig } from "vitest/config"
const alias = { ...${JSON.stringify(aliases)}, "@durable-streams/server": process.env.SERVER_UNDER_TEST! }
export default defineConfig({
  resolve: { alias },
  test: { exclude: ["**/node_modules/**"], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
})
`;
}

// ---- one row of the table ----

function clientRow(name, client) {
  const missing = client.needs.find(program => run(checkout, ['sh', '-c', `command -v ${program}`]).status !== 0);
  if (missing) {
    return notRun(name, `${missing} is not installed`);
  }
  let adapter = client.adapter;
  if (client.folder) {
    const folder = join(packages, client.folder);
    for (const command of client.build(folder)) {
      const built = run(folder, command, INSTALL_MAX_MILLIS);
      if (built.status !== 0) {
        return notRun(name, `${command.slice(0, 3).join(' ')}: ${firstProblem(built.output)}`);
      }
    }
    adapter = join(checkout, `adapter-${name}`);
    writeFileSync(adapter, `#!/bin/sh\ncd ${folder} && exec ${client.command}\n`, { mode: 0o755 });
  }
  const [reference, ours] = ['reference', 'jar'].map(server =>
    suiteResult(
      run(
        join(packages, 'client-conformance-tests'),
        ['npx', 'tsx', '--tsconfig', `../../tsconfig.${server}.json`, 'src/cli.ts', '--run', adapter],
        RUN_MAX_MILLIS
      )
    )
  );
  return row(name, reference, ours);
}

/** What the suite prints at its end: numbers, and the names of what has failed. */
function suiteResult({ output }) {
  const number = label => Number(new RegExp(`^${label}: (\\d+)`, 'm').exec(output)?.[1] ?? Number.NaN);
  const failed = [...output.matchAll(/^ {2}- ([^:]+): /gm)].map(match => match[1]);
  return { passed: number('Passed'), skipped: number('Skipped'), failed, output };
}

function packageRow(name) {
  // The tests of the command line import the built client, and run the built program.
  if (name === 'cli') {
    for (const built of ['client', 'cli']) {
      const { status, output } = run(join(packages, built), ['npx', 'tsdown'], INSTALL_MAX_MILLIS);
      if (status !== 0) {
        return notRun(name, `tsdown of ${built}: ${firstProblem(output)}`);
      }
    }
  }
  const [reference, ours] = [join(packages, 'server/src'), TEST_SERVER].map(server => {
    const report = join(checkout, 'report.json');
    rmSync(report, { force: true });
    const files = PACKAGES[name].split('/**')[0];
    const { output } = run(
      checkout,
      ['npx', 'vitest', 'run', '--config', 'vitest.clients.config.ts', '--reporter=json', `--outputFile=${report}`, files],
      RUN_MAX_MILLIS,
      { SERVER_UNDER_TEST: server }
    );
    return packageResult(report, output);
  });
  return row(name, reference, ours);
}

function packageResult(report, output) {
  if (!existsSync(report)) {
    return { passed: Number.NaN, skipped: 0, failed: [], output };
  }
  const files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  const tests = files.flatMap(file => file.assertionResults);
  const failed = tests.filter(test => test.status === 'failed').map(test => test.fullName);
  const broken = files.filter(file => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: tests.filter(test => test.status === 'passed').length,
    skipped: tests.filter(test => !['passed', 'failed'].includes(test.status)).length,
    failed: [...failed, ...broken.map(file => file.name)],
    output,
  };
}

function row(name, reference, ours) {
  const isIncomplete = Number.isNaN(reference.passed) || Number.isNaN(ours.passed);
  if (isIncomplete) {
    console.error((Number.isNaN(reference.passed) ? reference : ours).output.slice(-3000));
  }
  const differences = ours.failed.filter(test => !reference.failed.includes(test));
  return { name, reference, ours, differences, isIncomplete, reason: '' };
}

function notRun(name, reason) {
  return { name, differences: [], isIncomplete: false, reason };
}

function table(all) {
  const lines = ['| | reference: passed, failed, skipped | jar | fails against the jar only |', '| --- | --- | --- | --- |'];
  for (const { name, reference, ours, differences, isIncomplete, reason } of all) {
    const why = differences.map(test => `${test}${KNOWN.has(test) ? ` (known: ${KNOWN.get(test)})` : ''}`);
    lines.push(
      reason
        ? `| ${name} | NOT RUN: ${reason} | | |`
        : `| ${name} | ${numbers(reference)} | ${numbers(ours)} | ${isIncomplete ? 'NOT COMPLETE' : why.join('; ')} |`
    );
  }
  return lines.join('\n');
}

function numbers({ passed, failed, skipped }) {
  return `${passed}, ${failed.length}, ${skipped}`;
}

// ---- processes and files ----

function run(folder, [program, ...parameters], timeout = RUN_MAX_MILLIS, variables = {}) {
  const result = spawnSync(program, parameters, {
    cwd: folder,
    env: { ...environment, ...variables },
    encoding: 'utf8',
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status: result.status, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}` };
}

/** The first line of a build's output that says what is wrong. */
function firstProblem(output) {
  const lines = output.split('\n').filter(line => line.trim() !== '');
  return (lines.find(line => /error|could not|unable|not found/i.test(line)) ?? lines.at(-1) ?? 'no output').trim().slice(0, 200);
}

function python() {
  return [
    ['python3', '-m', 'venv', 'venv'],
    ['venv/bin/pip', 'install', '--quiet', '.'],
  ];
}

function filesBelow(folder, suffix) {
  return readdirSync(folder, { recursive: true }).filter(path => path.endsWith(suffix) && /(^|\/)src\/main\//.test(path));
}
