import { expect, test } from 'vitest';
import { createTimeOfDay } from './time-of-day.ts';

test.each([
  [new Date(2026, 0, 2, 3, 4, 5, 6), '03:04:05.006'],
  [new Date(2026, 0, 2, 23, 59, 59, 999), '23:59:59.999'],
  [new Date(2026, 5, 2, 0, 0, 0, 40), '00:00:00.040'],
])('createTimeOfDay gives the local time of %s', (date, expected) => {
  expect(createTimeOfDay()(date.getTime())).toBe(expected);
});

test('createTimeOfDay follows the time in both directions and takes fractions', () => {
  const timeOfDay = createTimeOfDay();
  const start = new Date(2026, 0, 2, 3, 4, 5, 6).getTime();
  expect([start, start + 993.9, start + 994, start + 60_000, start].map(timeOfDay)).toEqual([
    '03:04:05.006',
    '03:04:05.999',
    '03:04:06.000',
    '03:05:05.006',
    '03:04:05.006',
  ]);
});
