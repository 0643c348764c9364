import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveNames } from './resolve-names.ts';

type Row = { text: string; resolved?: string; error?: string };
const rows: Row[] = JSON.parse(readFileSync(new URL('../../../../test/golden/name-resolution.json', import.meta.url), 'utf8'));
// The table was made with settings whose names do not ignore case.
const settings = new Map(Object.entries({ one: '1', 'two-words': 'a b', empty: '', nest: '%one%', 'A:B': 'colon', a__b: 'under' }));

test.each(rows)('resolves "$text" as WebJobs does', ({ text, resolved, error }) => {
  expect(resolveNames(text, (name) => settings.get(name))).toEqual(
    error === undefined ? { text: resolved } : { text: undefined, fault: error },
  );
});
