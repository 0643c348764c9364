import { describe, expect, test } from 'vitest';
import { lockPauseMs, occurrencesOf } from './lock-pause.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';

function scheduleOf(text: string): Schedule {
  const reading = readSchedule(text, timeZoneNamed('UTC') as TimeZone);
  if ('fault' in reading) throw new Error(reading.fault.message);
  return reading.schedule;
}

describe('lockPauseMs', () => {
  test.each([
    ['far from its time is a period', '0 0 12 * * *', '09:00:00', 60_000],
    ['ends a second before its time', '0 0 12 * * *', '11:59:30', 29_000],
    ['in that second is a quarter of a period', '0 0 12 * * *', '11:59:59', 15_000],
    ['after its time is a quarter of a period', '0 0 12 * * *', '12:00:14', 15_000],
    ['is so until a lock that outlived its time has ended', '0 0 12 * * *', '12:01:13', 15_000],
    ['is a period after that', '0 0 12 * * *', '12:01:20', 60_000],
    ['is never shorter than a second', '0,1,2 0 12 * * *', '12:00:00', 1000],
    ['of a timer of every minute is a quarter of a period', '0 * * * * *', '12:00:10', 15_000],
    ['and ends a second before its time', '0 * * * * *', '12:00:50', 9000],
    ['of a timer of every few seconds is two seconds', '*/2 * * * * *', '12:00:00', 2000],
    ['and so is that of a short pause', '00:00:30', '12:00:00', 2000],
    ['of one that never comes is a period', '0 0 0 30 2 *', '12:00:00', 60_000],
  ])('%s', (_title, text, time, ms) => {
    expect(lockPauseMs(occurrencesOf(scheduleOf(text), undefined), 60_000, new Date(`2026-11-22T${time}Z`))).toBe(ms);
  });

  test.each([
    ['far from the next run that is stored is a period', '12:10:00', 60_000],
    ['ends a second before it', '12:00:50', 49_000],
    ['after it is a quarter of a period', '11:59:55', 15_000],
    ['is a period once a lock that outlived it has ended', '11:58:00', 60_000],
    ['is a period where none is stored', undefined, 60_000],
  ])('of a timer with a pause %s', (_title, next, ms) => {
    const storedNext = next === undefined ? undefined : new Date(`2026-11-22T${next}Z`);
    expect(lockPauseMs(occurrencesOf(scheduleOf('00:01:30'), storedNext), 60_000, new Date('2026-11-22T12:00:00Z'))).toBe(ms);
  });
});
