import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from './reference-pages.ts';

test.each(Object.entries(generatedFiles()))('%s is up to date (npm run generate)', (name, content) => {
  expect(readFileSync(new URL(`../../../../${name}`, import.meta.url), 'utf8')).toBe(content);
});
