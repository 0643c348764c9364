// A small program in the place of a host, for the tests of what becomes of process groups when their host is killed.
import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, vi } from 'vitest';
import { groupIsAlive, signalGroup } from '../../packages/portico/src/platform/process-group.ts';

const PATIENCE_MS = 20_000;
const PLATFORM = new URL('../../packages/portico/src/platform/', import.meta.url);

/** Gives how the program ended, and the numbers that it printed. In its scope: guards, groups, `startGroup`, `print`, `kill`. */
export function runHost(statements: string) {
  const program = `
    import { spawn } from 'node:child_process';
    import { writeSync } from 'node:fs';
    import { startOrphanGuard } from '${new URL('orphan-guard.ts', PLATFORM)}';
    import { forgetGroup, guardGroup } from '${new URL('process-group.ts', PLATFORM)}';
    import { orphanGuard } from '${new URL('process-tree.ts', import.meta.url)}';
    const startGroup = () => spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }).pid;
    const print = (number) => writeSync(1, number + '\\n');
    const kill = (pid) => process.kill(pid, 'SIGKILL');
    ${statements}`;
  const { status, signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: PATIENCE_MS,
  });
  return { end: signal ?? status, numbers: stdout.split('\n').filter(Boolean).map(Number) };
}

/** Waits for the end of some groups; the others must live. Ends with the test what is left of either. */
export async function expectKilled(killed: readonly number[], spared: readonly number[]): Promise<void> {
  onTestFinished(() => {
    for (const pid of [...killed, ...spared]) signalGroup(pid, 'SIGKILL');
  });
  await vi.waitFor(() => expect(killed.filter(groupIsAlive)).toEqual([]), PATIENCE_MS);
  expect(spared.filter(groupIsAlive)).toEqual(spared);
}
