import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readSmallFile, replaceSmallFile } from './small-file.ts';

const NOBODY = 65_534;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-small-'));
  file = join(folder, 'file');
});

test('what was replaced is another reading; what was not is the very same', () => {
  expect(readSmallFile(file)).toBeUndefined();
  replaceSmallFile(file, 'one', 0o600);
  const first = readSmallFile(file);
  expect(first).toMatchObject({ text: 'one', mode: 0o600 });
  expect(readSmallFile(file, first)).toBe(first);
  replaceSmallFile(file, 'two', 0o600);
  expect(readSmallFile(file, first)).toMatchObject({ text: 'two' });
});

test('what a killed process left, or somebody’s link, is in nobody’s way and not followed', () => {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'mine');
  symlinkSync(elsewhere, `${file}.new`);
  replaceSmallFile(file, 'text', 0o600);
  expect([readFileSync(file, 'utf8'), readFileSync(elsewhere, 'utf8')]).toEqual(['text', 'mine']);
  expect(readdirSync(folder).sort()).toEqual(['elsewhere', 'file']);
});

test('what cannot be renamed leaves the one before, and nothing else', () => {
  expect(() => replaceSmallFile(folder, 'text', 0o600)).toThrow('EISDIR');
  expect(statSync(folder).isDirectory()).toBe(true);
  expect(() => statSync(`${folder}.new`)).toThrow('ENOENT');
});

test.skipIf(process.platform === 'win32')('a folder that may be written to and not listed is no obstacle', () => {
  chmodSync(folder, 0o300);
  const isRoot = process.getuid?.() === 0;
  // Root may list everything, so it becomes somebody else meanwhile.
  if (isRoot) {
    chownSync(folder, NOBODY, NOBODY);
    process.seteuid?.(NOBODY);
  }
  try {
    replaceSmallFile(file, 'text', 0o600);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  chmodSync(folder, 0o700);
  expect(readFileSync(file, 'utf8')).toBe('text');
});
