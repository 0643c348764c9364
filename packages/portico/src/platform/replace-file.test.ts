import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replaceFile } from './replace-file.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let file: string;
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const rightsOf = (path: string): number => statSync(path).mode & 0o777;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-replace-'));
  file = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('many may write at once: one of them is whole, and nothing else is left', async () => {
  const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(10_000));
  await Promise.all(texts.map((text) => replaceFile(file, text)));
  expect(texts).toContain(textOf('file'));
  expect(readdirSync(folder)).toEqual(['file']);
});

test('what cannot be renamed leaves the one before, and nothing else', async () => {
  mkdirSync(file);
  await expect(replaceFile(file, 'text')).rejects.toThrow('EISDIR');
  expect(statSync(file).isDirectory()).toBe(true);
  expect(readdirSync(folder)).toEqual(['file']);
});

test('a folder that is not there is said to be so', async () => {
  await expect(replaceFile(join(file, 'file'), 'text')).rejects.toThrow('ENOENT');
});

describe.skipIf(process.platform === 'win32')('rights', () => {
  test('are those that it had, whatever the mask of the user', async () => {
    writeFileSync(file, 'one');
    chmodSync(file, 0o666);
    await replaceFile(file, 'two');
    expect([textOf('file'), rightsOf(file)]).toEqual(['two', 0o666]);
  });

  test('are those that are wanted', async () => {
    writeFileSync(file, 'one');
    chmodSync(file, 0o644);
    await replaceFile(file, 'two', 0o600);
    expect(rightsOf(file)).toBe(0o600);
  });

  test('are those of any new file else', async () => {
    await replaceFile(file, 'text');
    writeFileSync(join(folder, 'other'), 'text');
    expect(rightsOf(file)).toBe(rightsOf(join(folder, 'other')));
  });

  test('of its owner stay his, also when root writes', async () => {
    writeFileSync(file, 'one');
    if (isRoot) chownSync(file, NOBODY, NOBODY);
    const { uid, gid } = statSync(file);
    await replaceFile(file, 'two', 0o600);
    expect(statSync(file)).toMatchObject({ uid, gid });
  });

  test('to list the folder are not needed', async () => {
    chmodSync(folder, 0o300);
    // Root may list everything, so it becomes somebody else meanwhile.
    if (isRoot) {
      chownSync(folder, NOBODY, NOBODY);
      process.seteuid?.(NOBODY);
    }
    try {
      await replaceFile(file, 'text', 0o600);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    chmodSync(folder, 0o700);
    expect(textOf('file')).toBe('text');
  });
});

describe.skipIf(process.platform === 'win32')('a link', () => {
  test('stays, and what it leads to is written', async () => {
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'there', 'target'), 'one');
    chmodSync(join(folder, 'there', 'target'), 0o640);
    symlinkSync('there/target', file);
    await replaceFile(file, 'two');
    expect([readlinkSync(file), textOf('there/target'), rightsOf(file)]).toEqual(['there/target', 'two', 0o640]);
    expect([readdirSync(folder).sort(), readdirSync(join(folder, 'there'))]).toEqual([['file', 'there'], ['target']]);
  });

  test('to what is not there yet makes it, by way of other links and of folders that are links', async () => {
    mkdirSync(join(folder, 'deep', 'down'), { recursive: true });
    symlinkSync('deep/down', join(folder, 'short'));
    symlinkSync(join(folder, 'short', 'next'), file);
    // Beside what the folder is really in.
    symlinkSync('../target', join(folder, 'deep', 'down', 'next'));
    await replaceFile(file, 'text');
    expect([textOf('deep/target'), textOf('file')]).toEqual(['text', 'text']);
  });

  test('that leads to itself is an error', async () => {
    symlinkSync('file', file);
    await expect(replaceFile(file, 'text')).rejects.toThrow('ELOOP');
    expect(readlinkSync(file)).toBe('file');
  });
});
