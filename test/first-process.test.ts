// The host as process 1, as in a container without an init: what its handler leaves behind becomes its own child.
import { execFileSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { leftBehind, orphanGuard, processTree } from './support/process-tree.ts';
import { needs } from './support/requirements.ts';
import { startCommand } from './support/running-command.ts';
import { temporaryApp } from './support/temporary-app.ts';

const ORPHAN_COUNT = 5;
/** Well below the five seconds that the host would wait for a handler that does not end. */
const PROMPT_MS = 1000;

/** Each request leaves a process that ends once its parent is gone. */
const HANDLER = `
const { spawn } = require('node:child_process');
require('node:http').createServer((request, response) => {
  if (request.url !== '/') spawn('sh', ['-c', 'sleep 0.05 &'], { stdio: 'inherit' });
  response.end();
}).listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');
process.on('SIGTERM', () => { console.log('the handler says goodbye'); process.exit(); });`;

/** Children that have ended and that nobody has collected. */
const zombiesOf = (pid: number): number =>
  execFileSync('ps', ['-A', '-o', 'ppid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => new RegExp(`^\\s*${pid} +Z`).test(line)).length;

test.skipIf(needs('processNamespace'))('as process 1 it stops at SIGTERM, whatever zombies there are, and leaves nothing', async () => {
  using app = temporaryApp({ 'handler.cjs': HANDLER });
  const portico = startCommand(app.root, ['unshare', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc']);
  const { url } = await portico.ready();
  const processes = processTree(portico.pid);
  const host = processes[1]!;
  expect(processes).toHaveLength(4);
  expect(orphanGuard(host)).toBeGreaterThan(0);

  // Node collects the children that it started, and no others: for a handler like this one there is `docker run --init`.
  for (let count = 0; count < ORPHAN_COUNT; count++) expect((await fetch(`${url}/api/Hello`)).status).toBe(200);
  await vi.waitFor(() => expect(zombiesOf(host)).toBe(ORPHAN_COUNT), 20_000);

  const stoppedMs = performance.now();
  process.kill(host, 'SIGTERM');
  expect(await portico.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - stoppedMs).toBeLessThan(PROMPT_MS);
  expect(portico.output()).toContain('the handler says goodbye');
  expect(await leftBehind(processes)).toEqual([]);
});
