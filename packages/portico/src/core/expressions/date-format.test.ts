import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDate } from './date-format.ts';

const at = new Date('2024-05-06T07:08:09.120Z');

describe('formatDate', () => {
  test.each([
    ['yyyy-MM-ddTHH-mm-ssK', '2024-05-06T07-08-09Z'],
    ['yyyyMMdd', '20240506'],
    ['yyyy/MM/dd HH:mm:ss', '2024/05/06 07:08:09'],
    ['yyyy.MM.dd', '2024.05.06'],
    ['yy y yyyyy yyy', '24 24 02024 2024'],
    ['M MM MMM MMMM', '5 05 May May'],
    ['d dd ddd dddd', '6 06 Mon Monday'],
    ['H HH HHH h hh', '7 07 07 7 07'],
    ['m mm s ss', '8 08 9 09'],
    ['f ff fff ffff fffffff', '1 12 120 1200 1200000'],
    ['F FF FFF FFFFFFF', '1 12 12 12'],
    ['t tt ttt', 'A AM AM'],
    ['z zz zzz K', '+0 +00 +00:00 Z'],
    ['gg', 'A.D.'],
    ["yyyy'year'", '2024year'],
    ['"day "d', 'day 6'],
    ["'it\\'s'", "it's"],
    ['\\d\\\\d', 'd\\6'],
    ['%d', '6'],
    ['%dd', '66'],
    ['%-', '-'],
    ["'' ", ' '],
    ['é 世', 'é 世'],
    ['d', '05/06/2024'],
    ['D', 'Monday, 06 May 2024'],
    ['f', 'Monday, 06 May 2024 07:08'],
    ['F', 'Monday, 06 May 2024 07:08:09'],
    ['g', '05/06/2024 07:08'],
    ['m', 'May 06'],
    ['R', 'Mon, 06 May 2024 07:08:09 GMT'],
    ['s', '2024-05-06T07:08:09'],
    ['t', '07:08'],
    ['T', '07:08:09'],
    ['u', '2024-05-06 07:08:09Z'],
    ['Y', '2024 May'],
  ])('%s gives %s', (format, text) => {
    expect(formatDate(at, format)).toBe(text);
  });

  test.each(['Q', '-', '%', '%%', 'yyyy%', "'open", 'yyyy "open', '\\', 'yyyy\\', 'ffffffff', 'FFFFFFFF'])('%s is no format', (format) => {
    expect(formatDate(at, format)).toBeUndefined();
  });

  test.each([
    ['2024-01-02T00:00:00Z', 'h:mm tt', '12:00 AM'],
    ['2024-01-02T12:00:00Z', 'h:mm tt', '12:00 PM'],
    ['2024-01-02T13:00:00Z', 'h:mm tt', '1:00 PM'],
    ['2024-01-02T13:00:00.000Z', 'ss.FFF', '00'],
    ['2024-01-02T13:00:00.005Z', 'ss.FFF', '00.005'],
    ['2024-01-02T13:00:00.005Z', 'ss.F', '00'],
    ['0007-01-02T13:00:00Z', 'yyyy yyy yy y', '0007 007 07 7'],
  ])('of %s as %s is %s', (date, format, text) => {
    expect(formatDate(new Date(date), format)).toBe(text);
  });

  // Dates here are UTC and have milliseconds: the golden rows that are so, too.
  const rows = JSON.parse(readFileSync(new URL('../../../../../test/golden/json-dates.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >[];
  test.each(rows.filter(({ from }) => from?.endsWith('Z')))('writes $from as .NET does', ({ from = '', ...dotNet }) => {
    const date = new Date(from.replaceAll(' ', ''));
    expect(formatDate(date, 'o')).toBe(dotNet.toStringO);
    expect(formatDate(date, 'G')).toBe(dotNet.toString);
  });

  test('gives back every date in the format that holds all of it', () => {
    const date = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(fc.property(date, (any) => formatDate(any, 'yyyy-MM-ddTHH:mm:ss.fffK') === any.toISOString()));
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'yMdHhmsfFtzgK\'"\\%:/. x'.split('')) }), (format) => void formatDate(at, format)),
    );
  });
});
