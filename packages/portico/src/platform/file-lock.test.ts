import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileLock } from './file-lock.ts';
import { systemClock } from './system-clock.ts';

const { signal } = new AbortController();

test('a lock is one empty file and needs no room on the disk, while somebody works as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-lock-'));
  const file = join(folder, 'lock');
  const lock = new FileLock(() => file, systemClock);
  const look = () => [readdirSync(folder), statSync(file).size];
  expect(await lock.run(async () => look(), signal)).toEqual({ result: [['lock'], 0] });
  expect(look()).toEqual([['lock'], 0]);
});

test('one works at a time, in the order of asking, and a fault is its own', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'portico-lock-')), 'lock');
  // Two of them are as two programs: the system keeps them apart.
  const locks = [new FileLock(() => file, systemClock), new FileLock(() => file, systemClock)];
  const steps: string[] = [];
  const work = (lock: FileLock | undefined, name: string) =>
    lock?.run(async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${name} ends`);
      if (name === 'b') throw new Error('b has failed');
    }, signal);
  const [first, failed, other] = [work(locks[0], 'a'), work(locks[0], 'b'), work(locks[1], 'c')];
  await expect(failed).rejects.toThrow('b has failed');
  await Promise.all([first, other]);
  for (let i = 0; i < steps.length; i += 2) expect(steps[i + 1]).toBe(steps[i]?.replace('begins', 'ends'));
  expect(steps.indexOf('a begins')).toBeLessThan(steps.indexOf('b begins'));
  expect(steps).toHaveLength(6);
});
