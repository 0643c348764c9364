import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createContentMemory } from './content-memory.ts';

function fileInFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portico-content-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'file');
}

test('a file that is written anew holds what it held, unless it was gone in between', () => {
  const file = fileInFolder();
  const hasOldContent = createContentMemory();
  const answers = ['one', 'one', 'two', 'one', undefined, 'one', 'one'].map((content) => {
    if (content === undefined) rmSync(file);
    else writeFileSync(file, content);
    return hasOldContent(file);
  });
  expect(answers).toEqual([false, true, false, false, false, false, true]);
});

test('a very large file is told by its size', () => {
  const file = fileInFolder();
  const hasOldContent = createContentMemory();
  const answers = [65, 65, 66].map((megabytes) => {
    // Full of nothing, which takes no room on the disk.
    writeFileSync(file, String(Math.random()));
    truncateSync(file, megabytes * 1024 * 1024);
    return hasOldContent(file);
  });
  expect(answers).toEqual([false, true, false]);
});
