import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const read = (name: string) => readFileSync(new URL(name, import.meta.url));
const listed = new Map(
  read('checksums.sha256')
    .toString()
    .trim()
    .split('\n')
    .map((line): [string, string] => [line.slice(66), line.slice(0, 64)]),
);

describe('golden tables', () => {
  test.each([...listed])('%s is as its library wrote it', (name, sha256) => {
    expect(createHash('sha256').update(read(name)).digest('hex')).toBe(sha256);
  });

  test('each table is listed, but for the list of rows that are not followed', () => {
    const tables = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.json') && name !== 'not-followed.json');
    expect([...listed.keys()]).toEqual(tables.sort());
  });
});
