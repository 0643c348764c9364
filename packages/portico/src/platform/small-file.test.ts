import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceFile } from './replace-file.ts';
import { isOpenToOthers, readSmallFile } from './small-file.ts';

test('what was replaced is another reading; what was not is the very same', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'portico-small-')), 'file');
  expect(readSmallFile(file)).toBeUndefined();
  await replaceFile(file, 'one', 0o600);
  const first = readSmallFile(file);
  expect(first).toMatchObject({ text: 'one', mode: 0o600 });
  expect(readSmallFile(file, first)).toBe(first);
  await replaceFile(file, 'two', 0o600);
  expect(readSmallFile(file, first)).toMatchObject({ text: 'two' });
});

test.skipIf(process.platform === 'win32')('other rights are another reading, which says whether others may read it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'portico-small-')), 'file');
  writeFileSync(file, 'text');
  chmodSync(file, 0o600);
  const first = readSmallFile(file)!;
  chmodSync(file, 0o604);
  expect([first, readSmallFile(file, first)!].map(isOpenToOthers)).toEqual([false, true]);
});
