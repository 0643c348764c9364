import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { doubleJson, doubleText } from './double-text.ts';

type Row = { hex: string; newtonsoft: string; toString: string };
const rows: Row[] = JSON.parse(readFileSync(new URL('../../../../test/golden/json-doubles.json', import.meta.url), 'utf8'));

describe('a double', () => {
  test.each(rows)('$hex is the text $toString', (row) => {
    expect(doubleText(Buffer.from(row.hex, 'hex').readDoubleBE())).toBe(row.toString);
  });

  // Quoted rows are no numbers in JSON: the reader makes strings of them.
  test.each(rows.filter(({ newtonsoft }) => !newtonsoft.startsWith('"')))('$hex is the JSON $newtonsoft', ({ hex, newtonsoft }) => {
    expect(doubleJson(Buffer.from(hex, 'hex').readDoubleBE())).toBe(newtonsoft);
  });
});
