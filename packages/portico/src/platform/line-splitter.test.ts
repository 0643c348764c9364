import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineSplitter } from './line-splitter.ts';

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe('line splitter', () => {
  test.each([
    ['ends lines at \\n, \\r\\n and \\r', ['a\nb\r\nc\rd\n'], ['a', 'b', 'c', 'd']],
    ['keeps empty lines', ['a\n\nb\n'], ['a', '', 'b']],
    ['hands over a last line without an end', ['a\nb'], ['a', 'b']],
    ['sees one line end when \\r and \\n arrive apart', ['a\r', '\nb\n'], ['a', 'b']],
    ['joins a line that arrives in pieces', ['on', 'e li', 'ne\n'], ['one line']],
    ['gives nothing for nothing', ['', ''], []],
  ])('%s', (_, chunks, lines) => {
    expect(split(...chunks)).toEqual(lines);
  });

  test('cuts a line that does not end into pieces of 64 Ki characters', () => {
    expect(split('x'.repeat(150_000)).map((line) => line.length)).toEqual([65_536, 65_536, 18_928]);
    expect(split(`${'x'.repeat(150_000)}\nend\n`).map((line) => line.length)).toEqual([65_536, 65_536, 18_928, 3]);
  });

  test('gives the same lines however the bytes are cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', '\n', '\r') });
    fc.assert(
      fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(split(...chunks)).toEqual(split(bytes));
      }),
    );
  });
});
