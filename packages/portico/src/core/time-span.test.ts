import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsDaysUnexpectedly, formatTimeSpan, parseTimeSpan } from './time-span.ts';

type Row = { text: string; ms?: number; canonical?: string; invalid?: true };
const rows: Row[] = JSON.parse(readFileSync(new URL('../../../../test/golden/timespans.json', import.meta.url), 'utf8'));

describe('parseTimeSpan', () => {
  test.each(rows)('reads "$text" as .NET does', ({ text, ms }) => {
    expect(parseTimeSpan(text)).toBe(ms === undefined ? undefined : ms);
  });

  test('is the inverse of formatTimeSpan', () => {
    fc.assert(fc.property(fc.integer({ min: -4e12, max: 4e12 }), (ms) => parseTimeSpan(formatTimeSpan(ms)) === ms));
  });
});

describe('formatTimeSpan', () => {
  // The shortest span there is has ticks below a millisecond, which are not kept.
  const wholeMs = rows.filter(({ canonical }) => canonical !== undefined && !canonical.includes('4775808'));
  test.each(wholeMs)('writes $ms ms as "$canonical"', ({ ms, canonical }) => {
    expect(formatTimeSpan(ms!)).toBe(canonical);
  });
});

describe('countsDaysUnexpectedly', () => {
  test.each(['30', '25:00:00', '24:00:00'])('warns of "%s"', (text) => expect(countsDaysUnexpectedly(text)).toBe(true));
  test.each(['00:30:00', '23:59:59', '1.00:00:00', '0', '24:00', 'soon', '99:99:99'])('says nothing of "%s"', (text) => {
    expect(countsDaysUnexpectedly(text)).toBe(false);
  });
});
