import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isAlive, thisProcess } from './process-identity.ts';

test('this process is alive', () => {
  expect(thisProcess().pid).toBe(process.pid);
  expect(isAlive(thisProcess())).toBe(true);
});

test('nothing is known of a process elsewhere', () => {
  expect(isAlive({ ...thisProcess(), machine: 'another' })).toBeUndefined();
});

test.runIf(process.platform === 'linux')('a process that got the number of one that ended is another', () => {
  expect(isAlive({ ...thisProcess(), started: '1' })).toBe(false);
});

test('a process that was killed is not alive, also before its parent has noticed', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")']);
  await once(child.stdout, 'data');
  const { machine } = thisProcess();
  const pid = child.pid as number;
  // The start of another process, so that only being there counts where the system does not tell.
  const started = thisProcess().started && (await startOf(pid));
  expect(isAlive({ machine, pid, started })).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive({ machine, pid, started })).toBe(false);
});

async function startOf(pid: number): Promise<string> {
  const { startOfProcess } = await import('./linux.ts');
  return startOfProcess(pid) ?? '';
}
