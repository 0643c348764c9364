// That it agrees with the library of Azure's host is tested in schedule.golden.test.ts, where the time zone of its table is known.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ncrontab, parseNcrontab } from './ncrontab.ts';
import { canOccur, nextOccurrence } from './next-occurrence.ts';

function cronOf(expression: string): Ncrontab {
  const reading = parseNcrontab(expression);
  if ('fault' in reading) throw new Error(reading.fault.original);
  return reading.cron;
}

function occurrencesOf(cron: Ncrontab, after: string, count: number): string[] {
  const found: string[] = [];
  for (let at = Date.parse(`${after}Z`); found.length < count; ) {
    const next = nextOccurrence(cron, at);
    if (next === undefined) return [...found, 'never'];
    found.push(new Date(next).toISOString().slice(0, 19));
    at = next;
  }
  return found;
}

/** A schedule that comes, of any kind. */
const crons = fc
  .tuple(
    ...[
      [0, 59],
      [0, 59],
      [0, 23],
      [1, 31],
      [1, 12],
      [0, 6],
    ].map(([min, max]) => fieldOf(min!, max!)),
  )
  .map((fields) => cronOf(fields.join(' ')))
  .filter(canOccur);
const instants = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2110, 0, 1) });

function fieldOf(min: number, max: number): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  const item = fc.oneof(
    value.map(String),
    fc.tuple(value, value).map(([one, other]) => `${one}-${other}`),
    fc.tuple(value, fc.integer({ min: 1, max })).map(([from, step]) => `${from}/${step}`),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 4, arbitrary: fc.array(item, { minLength: 1, maxLength: 3 }).map(String) },
  );
}

/** The same by trying every day, and every time of the day in turn. */
function nextByTrying(cron: Ncrontab, afterMs: number): number {
  for (let day = Math.floor(afterMs / 86_400_000); ; day++) {
    const date = new Date(day * 86_400_000);
    const fits =
      cron.month.includes(date.getUTCMonth() + 1) && cron.day.includes(date.getUTCDate()) && cron.weekday.includes(date.getUTCDay());
    if (!fits) continue;
    for (const hour of cron.hour)
      for (const minute of cron.minute)
        for (const second of cron.second) {
          const at = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000;
          if (at > afterMs) return at;
        }
  }
}

describe('nextOccurrence', () => {
  test('is the first of all times that fit', () => {
    fc.assert(
      fc.property(crons, instants, (cron, after) => {
        expect(nextOccurrence(cron, after)).toBe(nextByTrying(cron, after));
      }),
    );
  });

  test('is later, and the same from every instant before it', () => {
    fc.assert(
      fc.property(crons, instants, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (cron, after, part) => {
        const next = nextOccurrence(cron, after)!;
        expect(next).toBeGreaterThan(after);
        expect(nextOccurrence(cron, after + Math.floor((next - after) * part))).toBe(next);
        expect(nextOccurrence(cron, next)).toBeGreaterThan(next);
      }),
    );
  });

  test.each([
    ['0 0 0 29 2 Sun', '2024-03-01T00:00:00', '2032-02-29T00:00:00'],
    // 2100 is no leap year.
    ['0 0 0 29 2 Sun', '2088-02-29T00:00:00', '2128-02-29T00:00:00'],
    ['0 0 0 29 2 *', '2096-03-01T00:00:00', '2104-02-29T00:00:00'],
    ['59 59 23 31 12 Fri', '2027-12-31T23:59:59', '2032-12-31T23:59:59'],
    ['* * * * * *', '2023-12-31T23:59:59', '2024-01-01T00:00:00'],
    ['* * * * *', '9999-12-31T23:58:30', '9999-12-31T23:59:00'],
  ])('of the rare "%s" after %s is %s', (expression, after, next) => {
    expect(occurrencesOf(cronOf(expression), after, 1)).toEqual([next]);
  });

  test.each(['0 0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 30-31 2 *'])('of "%s" never comes', (expression) => {
    expect(canOccur(cronOf(expression))).toBe(false);
    expect(nextOccurrence(cronOf(expression), 0)).toBeUndefined();
  });

  test('ends with the year 9999', () => {
    expect(nextOccurrence(cronOf('* * * * *'), Date.UTC(9999, 11, 31, 23, 59))).toBeUndefined();
  });

  test('ignores fractions of a second', () => {
    expect(nextOccurrence(cronOf('* * * * * *'), 1_500)).toBe(2_000);
    expect(nextOccurrence(cronOf('* * * * * *'), 2_000)).toBe(3_000);
  });
});
