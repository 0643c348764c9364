import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS_PAGE, renderErrorsPage } from '../scripts/generate-errors.ts';

test('docs/errors.md is what the catalogues say', () => {
  expect(readFileSync(ERRORS_PAGE, 'utf8')).toBe(renderErrorsPage());
});

test('no code stands for two things', () => {
  const codes = [...renderErrorsPage().matchAll(/^### (.+)$/gm)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(40);
  expect(new Set(codes).size).toBe(codes.length);
});
