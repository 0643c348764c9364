import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNcrontab } from './ncrontab.ts';

type Row = { expression: string; valid: boolean; text?: string; error?: string };
const rows: Row[] = JSON.parse(readFileSync(new URL('../../../../../test/golden/ncrontab.json', import.meta.url), 'utf8'));

function read(expression: string): string {
  const reading = parseNcrontab(expression);
  return 'cron' in reading ? `Cron: '${reading.cron.text}'` : reading.fault.original;
}

function faultOf(expression: string) {
  const reading = parseNcrontab(expression);
  return 'fault' in reading ? reading.fault : undefined;
}

describe('parseNcrontab', () => {
  test.each(rows.filter(({ valid }) => valid))('reads "$expression" as the library does', ({ expression, text }) => {
    expect(read(expression)).toBe(text);
  });

  test.each(rows.filter(({ valid }) => !valid))('refuses "$expression" in the words of the library', ({ expression, error }) => {
    expect(read(expression)).toBe(error);
  });

  // What the library's source says and no recording shows.
  test.each([
    ['*/-5 * * * *', "Cron: '* * * * *'"],
    ['*/+5 1 * * *', "Cron: '0,5,10,15,20,25,30,35,40,45,50,55 1 * * *'"],
    ['0\t 0 * * *', "Cron: '0 0 * * *'"],
    ['0 0 * * MON-5/2', "Cron: '0 0 * * 1,3,5'"],
    ['59/7 * * * *', "Cron: '59 * * * *'"],
  ])('reads "%s" as %s', (expression, text) => expect(read(expression)).toBe(text));

  test.each([
    ['1, * * * *', 'A crontab field value cannot be empty.'],
    ['1,x,99 * * * *', "'1,x,99' is not a valid [Minute] crontab field expression."],
    ['5- * * * *', "'5-' is not a valid [Minute] crontab field expression."],
    ['/5 * * * *', "'/5' is not a valid [Minute] crontab field expression."],
    ['5/ * * * *', "'5/' is not a valid [Minute] crontab field expression."],
    [
      '99/2 * * * *',
      '99 is higher than the maximum allowable value for the [Minute] field. Value must be between 0 and 59 (all inclusive).',
    ],
    [
      '70-5 * * * *',
      '70 is higher than the maximum allowable value for the [Minute] field. Value must be between 0 and 59 (all inclusive).',
    ],
    ['0 0 * * MONDAYS', "'MONDAYS' is not a valid [DayOfWeek] crontab field expression."],
    ['2147483648 * * * *', "'2147483648' is not a valid [Minute] crontab field expression."],
  ])('refuses "%s": %s', (expression, error) => expect(read(expression)).toBe(error));

  test.each([
    ['0 0 0 * * 7', '"7" is above 6 (day of the week, column 11)', 'Sunday is 0. Allowed are 0 to 6'],
    ['0 60 * * * *', '"60" is above 59 (minute, column 3)', 'Allowed are 0 to 59'],
    ['0  0 0 1,0 * *', '"0" is below 1 (day of the month, column 10)', 'Allowed are 1 to 31'],
    ['0 0 0 ? * 1', '"?" is none of its values (day of the month, column 7)', 'Write "*" instead of "?".'],
    ['0 0 0 L * *', '"L" is none of its values (day of the month, column 7)', 'words of Quartz'],
    ['0 0 0 * * 1#1', '"1#1" is none of its values (day of the week, column 11)', 'words of Quartz'],
    ['0 0 0 * FOO *', '"FOO" is none of its values (month, column 9)', '1 to 12 or JAN to DEC'],
    ['5,,6 * * * *', 'a value between commas is missing (minute, column 3)', 'lists with commas'],
    ['@daily', 'it has one field', 'Write six fields'],
    ['* * * * * * *', 'it has 7 fields', 'Write six fields'],
    ['0\n0 * * *', 'it has 4 fields, for only blanks separate them', 'Write six fields'],
  ])('says of "%s" that %s', (expression, reason, hint) => {
    expect(faultOf(expression)).toMatchObject({ reason, hint: expect.stringContaining(hint) });
  });

  test.each([
    ['0 22-2 * * *', [{ written: '22-2', counts: '2-22', wrapped: '22-23,0-2' }]],
    ['0 0 * NOV-FEB *', [{ written: 'NOV-FEB', counts: '2-11', wrapped: '11-12,1-2' }]],
    ['0 22-3/2 * * *', [{ written: '22-3/2', counts: '3-22/2', wrapped: '22,0,2' }]],
    ['0 2-22 * * 5-5', []],
  ])('notes the swapped ranges of "%s"', (expression, swapped) => {
    expect(parseNcrontab(expression)).toMatchObject({ cron: { swapped } });
  });

  test('prints what it reads as itself again', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows.filter(({ valid }) => valid)), ({ expression }) => {
        const printed = read(expression).slice("Cron: '".length, -1);
        expect(read(printed)).toBe(`Cron: '${printed}'`);
      }),
    );
  });

  test('never throws, whatever it is given', () => {
    const scrap = fc.string({ unit: fc.constantFrom(...'0123456789*/-,LW#?MONjan \t') });
    fc.assert(fc.property(scrap, (expression) => void parseNcrontab(expression)));
  });
});
