import { expect, test } from 'vitest';
import { currentPage } from '../scripts/generate-lifecycle.ts';

test('docs/lifecycle.md is what the tables in the code say (npm run generate writes it anew)', () => {
  const { written, generated } = currentPage();
  expect(written).toBe(generated);
});
