import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referencePages } from './reference-pages.ts';

test.each(Object.entries(referencePages()))(
  'docs/reference/%s is what the tables say (npm run generate writes it anew)',
  (name, content) => {
    expect(readFileSync(new URL(`../../../../docs/reference/${name}`, import.meta.url), 'utf8')).toBe(content);
  },
);
