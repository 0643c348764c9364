import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSchedule, type Schedule } from './schedule.ts';
import { pauseMsUntil, type ScheduleStatus, statusAfterRun, statusAtStart } from './schedule-status.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';

const berlin = timeZoneNamed('Europe/Berlin') as TimeZone;
const now = new Date('2026-11-22T11:01:02.345Z');
const at = (text: string) => new Date(`${text}Z`);

function scheduleOf(text: string): Schedule {
  const reading = readSchedule(text, berlin);
  if ('fault' in reading) throw new Error(reading.fault.message);
  return reading.schedule;
}

const minutely = scheduleOf('0 * * * * *');
const yearly = scheduleOf('0 0 0 1 1 *');
const never = scheduleOf('0 0 0 30 2 *');
const NEW_YEAR = at('2026-12-31T23:00:00');

describe('statusAtStart', () => {
  test('of a new timer stores when it was written, and does not tell the first run', () => {
    const status = { last: undefined, next: at('2026-11-22T11:02:00'), lastUpdated: undefined };
    expect(statusAtStart(minutely, undefined, now)).toEqual({ status, toStore: { ...status, lastUpdated: now }, isPastDue: false });
  });

  test('goes on where the schedule is the same and its time is still to come', () => {
    const stored = { last: at('2025-12-31T23:00:00'), next: NEW_YEAR, lastUpdated: at('2025-12-31T23:00:00') };
    expect(statusAtStart(yearly, stored, now)).toEqual({ status: stored, toStore: undefined, isPastDue: false });
  });

  test('is past due, with the status as it was found, when a run was missed', () => {
    const stored = { last: at('2019-12-31T23:00:00'), next: at('2020-12-31T23:00:00'), lastUpdated: at('2019-12-31T23:00:00') };
    expect(statusAtStart(yearly, stored, now)).toEqual({ status: stored, toStore: undefined, isPastDue: true });
  });

  test('counts from when the status was written where there was no run yet', () => {
    const stored = { last: undefined, next: at('2020-12-31T23:00:00'), lastUpdated: at('2020-05-05T00:00:00') };
    expect(statusAtStart(yearly, stored, now)).toEqual({ status: stored, toStore: undefined, isPastDue: true });
  });

  test('counts from now where nothing is known', () => {
    const stored = { last: undefined, next: NEW_YEAR, lastUpdated: undefined };
    expect(statusAtStart(yearly, stored, now)).toEqual({ status: stored, toStore: undefined, isPastDue: false });
  });

  test('replaces the status of another schedule without making up for the past', () => {
    const stored = { last: at('2026-11-21T10:00:00'), next: at('2026-11-21T11:00:00'), lastUpdated: at('2026-11-21T10:00:00') };
    const status = { last: undefined, next: at('2026-11-22T11:02:00'), lastUpdated: now };
    expect(statusAtStart(minutely, stored, now)).toEqual({ status, toStore: status, isPastDue: false });
  });

  test('keeps the reckoning of the last run where the other schedule has its time still to come', () => {
    const stored = { last: at('2026-01-05T00:00:00'), next: at('2026-11-21T11:00:00'), lastUpdated: at('2026-01-05T00:00:00') };
    const status = { last: undefined, next: NEW_YEAR, lastUpdated: stored.last };
    expect(statusAtStart(yearly, stored, now)).toEqual({ status, toStore: status, isPastDue: false });
  });

  test('is not past due at the very instant', () => {
    const stored = { last: at('2026-11-22T11:01:00'), next: at('2026-11-22T11:02:00'), lastUpdated: at('2026-11-22T11:01:00') };
    expect(statusAtStart(minutely, stored, stored.next)).toMatchObject({ isPastDue: false });
  });

  test('is never past due where the schedule never comes', () => {
    const status = { last: undefined, next: undefined, lastUpdated: undefined };
    expect(statusAtStart(never, undefined, now)).toEqual({ status, toStore: { ...status, lastUpdated: now }, isPastDue: false });
    expect(statusAtStart(never, { ...status, lastUpdated: now }, now)).toMatchObject({ toStore: undefined, isPastDue: false });
  });
});

describe('statusAfterRun', () => {
  const before: ScheduleStatus = { last: undefined, next: at('2026-11-22T11:02:00'), lastUpdated: undefined };
  const statusFrom = (last: string, next: string) => ({ last: at(last), next: at(next), lastUpdated: at(last) });

  test.each([
    ['on time', 'scheduled', '2026-11-22T11:02:00', statusFrom('2026-11-22T11:02:00', '2026-11-22T11:03:00')],
    ['early, as if on time', 'scheduled', '2026-11-22T11:01:59.990', statusFrom('2026-11-22T11:02:00', '2026-11-22T11:03:00')],
    ['late', 'scheduled', '2026-11-22T11:02:00.007', statusFrom('2026-11-22T11:02:00.007', '2026-11-22T11:03:00')],
    [
      'hours late, and what was missed is not made up for',
      'pastDue',
      '2026-11-22T15:20:30',
      statusFrom('2026-11-22T15:20:30', '2026-11-22T15:21:00'),
    ],
    ['at the start, before its time', 'runOnStartup', '2026-11-22T11:01:30', statusFrom('2026-11-22T11:01:30', '2026-11-22T11:02:00')],
  ] as const)('of a run that began %s', (_title, reason, startedAt, after) => {
    expect(statusAfterRun(minutely, before, reason, at(startedAt))).toEqual(after);
  });

  test('is one that a start with the same schedule accepts', () => {
    const texts = fc.constantFrom('0 * * * * *', '0 30 2 * * *', '0 0 */2 * * *', '00:05:00', '1.02:03:04.5', '0 0 0 29 2 0');
    const instants = fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(texts, instants, (text, startedAt) => {
        const schedule = scheduleOf(text);
        const first = statusAtStart(schedule, undefined, startedAt);
        expect(statusAtStart(schedule, first.toStore, startedAt)).toMatchObject({ toStore: undefined, isPastDue: false });
        const status = statusAfterRun(schedule, first.status, 'scheduled', startedAt);
        expect(status.next! > status.last!).toBe(true);
        expect(statusAtStart(schedule, status, startedAt)).toEqual({ status, toStore: undefined, isPastDue: false });
        const tooLate = new Date(status.next!.getTime() + 1);
        expect(statusAtStart(schedule, status, tooLate)).toEqual({ status, toStore: undefined, isPastDue: true });
      }),
    );
  });
});

describe('pauseMsUntil', () => {
  test.each([
    ['2026-11-22T11:01:02.346', 1],
    ['2026-11-22T11:01:02.345', 0],
    ['2026-11-22T11:01:02', 0],
    ['2026-11-22T11:02:02.345', 60_000],
    ['2030-01-01T00:00:00', 60_000],
  ])('until %s looks at the clock again after %s ms', (next, ms) => expect(pauseMsUntil(at(next), now)).toBe(ms));

  test('has no end for what never comes', () => expect(pauseMsUntil(undefined, now)).toBeUndefined());
});
