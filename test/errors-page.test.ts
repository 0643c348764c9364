import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ERRORS_PAGE, renderErrorsPage } from '../scripts/generate-errors.ts';

const SOURCE = fileURLToPath(new URL('../packages/portico/src/', import.meta.url));

test('docs/errors.md is what the catalogues say', async () => {
  expect(readFileSync(ERRORS_PAGE, 'utf8')).toBe(await renderErrorsPage());
});

test('no code stands for two things', async () => {
  const codes = [...(await renderErrorsPage()).matchAll(/^### (.+)$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.toSorted()).toEqual([...new Set(codes)].toSorted());
});

test('no code is written down outside the catalogues', () => {
  const files = globSync('**/*.ts', { cwd: SOURCE, exclude: ['**/*.test.ts'] });
  expect(files.length).toBeGreaterThan(100);
  const strangers = files.filter((file) => /\bcode: ['"`][A-Z]+_[A-Z_]+/.test(readFileSync(`${SOURCE}${file}`, 'utf8')));
  expect(strangers).toEqual([]);
});
