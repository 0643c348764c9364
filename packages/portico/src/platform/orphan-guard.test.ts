import { mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { expectKilled, runHost } from '../../../../test/support/killed-host.ts';
import { orphanGuard, stillRunning } from '../../../../test/support/process-tree.ts';
import { find, needs } from '../../../../test/support/requirements.ts';
import { startOrphanGuard } from './orphan-guard.ts';

const PATIENCE_MS = 20_000;

describe.runIf(process.platform !== 'win32')('orphan guard', () => {
  test('kills the groups that its host named last, once the host is killed', async () => {
    const { end, numbers } = runHost(`
      const groups = [startGroup(), startGroup(), startGroup()];
      groups.forEach(print);
      const guard = startOrphanGuard();
      guard.watch(groups.slice(0, 2));
      guard.watch(groups.slice(1));
      kill(process.pid);`);
    expect(end).toBe('SIGKILL');
    await expectKilled(numbers.slice(1), numbers.slice(0, 1));
  });

  test.skipIf(needs('busybox'))('is content with the shell of BusyBox', async () => {
    // It is the name by which it is called that makes a shell of it.
    const folder = mkdtempSync(join(tmpdir(), 'portico-busybox-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    symlinkSync(find('busybox')!, join(folder, 'sh'));
    const { numbers } = runHost(`
      const groups = [startGroup(), startGroup()];
      groups.forEach(print);
      startOrphanGuard(${JSON.stringify(join(folder, 'sh'))}).watch(groups.slice(1));
      kill(process.pid);`);
    await expectKilled(numbers.slice(1), numbers.slice(0, 1));
  });

  test('lets a host end that has nothing else to do, and ends with it', async () => {
    const { end, numbers } = runHost('startOrphanGuard().watch([]); print(orphanGuard(process.pid));');
    expect({ end, numbers }).toEqual({ end: 0, numbers: [expect.any(Number)] });
    await vi.waitFor(() => expect(stillRunning(numbers)).toEqual([]), PATIENCE_MS);
  });

  test('does no harm to its host when somebody kills it', async () => {
    const guard = startOrphanGuard()!;
    process.kill(orphanGuard(process.pid)!, 'SIGKILL');
    await vi.waitFor(() => expect(orphanGuard(process.pid)).toBeUndefined(), PATIENCE_MS);
    guard.watch([]);
    await vi.waitFor(() => expect(guard.isAlive).toBe(false), PATIENCE_MS);
    guard.watch([]);
    guard.stop();
  });

  test('is not there without a shell', () => {
    expect(startOrphanGuard('/no/such/shell')).toBeUndefined();
  });

  test.runIf(process.platform === 'linux')('takes nothing of its host along, and is deaf to what asks the host to end', async () => {
    const guard = startOrphanGuard()!;
    const folder = `/proc/${orphanGuard(process.pid)}`;
    expect(readFileSync(`${folder}/environ`, 'utf8')).toBe('');
    expect(readlinkSync(`${folder}/cwd`)).toBe('/');
    expect([1, 2].map((descriptor) => readlinkSync(`${folder}/fd/${descriptor}`))).toEqual(['/dev/null', '/dev/null']);
    // Bits 0, 1 and 14: HUP, INT and TERM.
    await vi.waitFor(() => expect(readFileSync(`${folder}/status`, 'utf8')).toMatch(/^SigIgn:\s0*4003$/m), PATIENCE_MS);
    guard.stop();
    await vi.waitFor(() => expect(guard.isAlive).toBe(false), PATIENCE_MS);
  });
});
