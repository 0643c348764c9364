// Every row of test/golden/json-newtonsoft.json: JSON text as Azure's host reads it, writes it again, and shows it as text.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readJson } from './json-reader.ts';
import { plainText, writeJson } from './json-writer.ts';

type Row = { text: string; tokenType?: string | null; again?: string; asString?: string | null; error?: string };
type NotFollowed = { file: string; row: string; ours: string };

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../../../test/golden/${name}`, import.meta.url), 'utf8'));
const rows: Row[] = read('json-newtonsoft.json');
const others = new Map(
  (read('not-followed.json') as NotFollowed[]).filter(({ file }) => file === 'json-newtonsoft.json').map(({ row, ours }) => [row, ours]),
);

function again(text: string): string {
  const reading = readJson(text);
  return 'value' in reading ? writeJson(reading.value) : 'refused';
}

function asString(text: string): string {
  const reading = readJson(text);
  return 'value' in reading ? plainText(reading.value) : 'refused';
}

describe('JSON text', () => {
  const followed = rows.filter(({ text }) => !others.has(text));

  test.each(followed.filter(({ error }) => error !== undefined))('$text is refused', ({ text }) => {
    expect(again(text)).toBe('refused');
  });

  test.each(followed.filter((row) => row.again !== undefined))('$text is written again as $again', (row) => {
    expect(again(row.text)).toBe(row.again);
  });

  test.each(followed.filter((row) => typeof row.asString === 'string'))('$text as text is $asString', (row) => {
    expect(asString(row.text)).toBe(row.asString);
  });

  test.each([...others])('%s is not followed: here it is %s', (text, ours) => {
    const row = rows.find((candidate) => candidate.text === text);
    const isText = typeof row?.asString === 'string' && row.asString !== '';
    const [mine, theirs] = isText ? [asString(text), row.asString] : [again(text), row?.again];
    expect(mine).toBe(ours);
    expect(theirs).not.toBe(ours);
  });
});
