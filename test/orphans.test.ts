// No handler outlives a host that is killed, of which the host learns nothing: the built command, with handlers as people start them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { groupIsAlive } from '../packages/portico/src/platform/process-group.ts';
import { orphanGuard, processTree, stillRunning } from './support/process-tree.ts';
import { startCommand } from './support/running-command.ts';
import { hostJson, temporaryApp } from './support/temporary-app.ts';

const PATIENCE = { timeout: 20_000, interval: 10 };
const SOON_MS = 1000;

/** Tells its process id. */
const SERVER = `
require('node:http').createServer((_, response) => response.end(String(process.pid)))
  .listen(process.env.FUNCTIONS_CUSTOMHANDLER_PORT, '127.0.0.1');`;
const FORKING = `require('node:child_process').spawn('sleep', ['1000'], { stdio: 'inherit' });${SERVER}`;
const SILENT = `require('node:fs').writeFileSync('started', ''); setInterval(() => {}, 1000);`;
const SCRIPTS = { 'package.json': { name: 'app', scripts: { start: 'node handler.cjs' } }, 'run.sh': 'node handler.cjs\necho ended\n' };

const app = (words: readonly string[], handler: string) =>
  temporaryApp({
    'host.json': hostJson({ description: { defaultExecutablePath: words[0], arguments: words.slice(1) } }),
    'handler.cjs': handler,
    ...SCRIPTS,
  });

async function expectGone(processes: readonly number[], groupId: number, sinceMs: number): Promise<void> {
  onTestFinished(() => {
    for (const pid of stillRunning(processes)) process.kill(pid, 'SIGKILL');
  });
  await vi.waitFor(() => expect(stillRunning(processes)).toEqual([]), PATIENCE);
  expect(performance.now() - sinceMs).toBeLessThan(SOON_MS);
  expect(groupIsAlive(groupId)).toBe(false);
}

describe.skipIf(process.platform === 'win32')('a host that is killed', () => {
  test.each([
    { name: 'a plain handler', words: ['node', 'handler.cjs'], handler: SERVER, least: 1 },
    { name: 'npm, its shell and the handler', words: ['npm', 'run', 'start'], handler: SERVER, least: 2 },
    { name: 'a shell and the handler', words: ['sh', 'run.sh'], handler: SERVER, least: 2 },
    { name: 'a handler and what it started', words: ['node', 'handler.cjs'], handler: FORKING, least: 2 },
  ])('takes $name along', async ({ words, handler: code, least }) => {
    using files = app(words, code);
    const host = startCommand(files.root);
    const { handler } = await host.ready();
    const processes = processTree(handler.pid);
    expect(processes.length).toBeGreaterThanOrEqual(least);
    const killedMs = performance.now();
    process.kill(host.pid, 'SIGKILL');
    await expectGone(processes, handler.pid, killedMs);
    // A moment longer: a process counts as ended while its last threads still let go of what it had open.
    const refused = () => expect(fetch(`http://127.0.0.1:${handler.port}`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await vi.waitFor(refused, PATIENCE);
  });

  test('takes a handler along that has not answered yet', async () => {
    using files = app(['node', 'handler.cjs'], SILENT);
    const host = startCommand(files.root);
    await vi.waitFor(() => expect(existsSync(join(files.root, 'started'))).toBe(true), PATIENCE);
    await vi.waitFor(() => expect(orphanGuard(host.pid)).toBeGreaterThan(0), PATIENCE);
    const guard = orphanGuard(host.pid)!;
    const [handler, ...others] = processTree(host.pid).filter((pid) => pid !== host.pid && pid !== guard) as [number];
    expect(others).toEqual([]);
    const killedMs = performance.now();
    process.kill(host.pid, 'SIGKILL');
    await expectGone([handler, guard], handler, killedMs);
  });

  test('takes the next handler along when somebody killed the guard of the one before', async () => {
    using files = app(['node', 'handler.cjs'], SERVER);
    const host = startCommand(files.root);
    const { url } = await host.ready();
    const handlerPid = async () => Number(await (await fetch(`${url}/api/Hello`)).text());
    process.kill(orphanGuard(host.pid)!, 'SIGKILL');
    await vi.waitFor(() => expect(orphanGuard(host.pid)).toBeUndefined(), PATIENCE);
    const first = await handlerPid();
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(orphanGuard(host.pid)).toBeGreaterThan(0), PATIENCE);
    const second = await handlerPid();
    expect(second).not.toBe(first);
    const killedMs = performance.now();
    process.kill(host.pid, 'SIGKILL');
    await expectGone([second], second, killedMs);
  });
});
