import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { StreamServer } from './support.mjs';

const TOUR = fileURLToPath(new URL('../tour.sh', import.meta.url));

const tour = url => spawnSync(TOUR, [url], { encoding: 'utf8' });

test('the tour succeeds twice in a row, and fails without a server', async () => {
  const server = await StreamServer.started();
  for (let round = 0; round < 2; round++) {
    const { status, stdout, stderr } = tour(server.url);
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /All responses were as expected/);
  }
  await server.close();

  const { status, stderr } = tour(server.url);
  assert.equal(status, 1);
  assert.match(stderr, /No server responds at http:/);
});
