// What the golden tables cannot say: remarks and faults for people, whole years, and the nights of many zones.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localTimeText } from './local-time.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';
import { WINDOWS_ZONES } from './windows-zones.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function zoneNamed(name: string): TimeZone {
  const zone = timeZoneNamed(name);
  if (!zone) throw new Error(`There is no zone ${name}.`);
  return zone;
}

function scheduleOf(text: string, zone: TimeZone): Schedule {
  const reading = readSchedule(text, zone);
  if ('fault' in reading) throw new Error(reading.fault.message);
  return reading.schedule;
}

function between(schedule: Schedule, from: string, until: string): Date[] {
  const found: Date[] = [];
  for (let at = schedule.nextAfter(new Date(from)); at && at < new Date(until); at = schedule.nextAfter(at)) found.push(at);
  return found;
}

const utc = zoneNamed('UTC');
const berlin = zoneNamed('Europe/Berlin');
const zones = [...new Set(Object.values(WINDOWS_ZONES))].map(zoneNamed);
const restlessZones = zones.filter((zone) => changesIn(zone, 2026).length > 0);

/** The beginnings of the days within which the clocks are set. */
function changesIn(zone: TimeZone, year: number): number[] {
  const days = Array.from({ length: 365 }, (_, day) => Date.UTC(year, 0, 1) + day * DAY_MS);
  return days.filter((day) => zone.offsetMsAt(day) !== zone.offsetMsAt(day + DAY_MS));
}

function hoursBetween(runs: readonly Date[]): number[] {
  return runs.slice(1).map((run, index) => (run.getTime() - runs[index]!.getTime()) / HOUR_MS);
}

describe('readSchedule', () => {
  test.each([
    ['0 0 0 30 2 *', 'SCHEDULE_NEVER_COMES', 'never comes'],
    ['0 0 22-2 * * *', 'SCHEDULE_RANGE_SWAPPED', 'the range 22-2 counts as 2-22'],
    ['25:00:00', 'SCHEDULE_PAUSE_COUNTS_DAYS', 'a pause of days: 25.00:00:00'],
    ['5', 'SCHEDULE_PAUSE_COUNTS_DAYS', 'a pause of days: 5.00:00:00'],
  ])('warns of "%s": %s', (text, code, message) => {
    expect(readSchedule(text, utc)).toMatchObject({
      schedule: expect.anything(),
      remarks: [{ code, severity: 'warning', message: expect.stringContaining(message) }],
    });
  });

  test.each(['0 */5 * * * *', '0 9 * * MON-FRI', '00:05:00', '1.00:00:00'])('has nothing to say of "%s"', (text) => {
    expect(readSchedule(text, utc)).toMatchObject({ remarks: [] });
  });

  test.each([
    ['0 0 0 * * 7', 'SCHEDULE_UNREADABLE', '"7" is above 6 (day of the week, column 11)'],
    ['24:00', 'SCHEDULE_UNREADABLE', 'it is no span of time'],
    ['every day', 'SCHEDULE_UNREADABLE', 'it has 2 fields'],
    ['PT5M', 'SCHEDULE_UNREADABLE', 'it has one field'],
    [' ', 'SCHEDULE_UNREADABLE', 'it has 0 fields'],
    ['', 'SCHEDULE_MISSING', 'The schedule is empty'],
    ['-00:01:00', 'SCHEDULE_PAUSE_NOT_POSITIVE', 'is no pause'],
  ])('refuses "%s": %s', (text, code, message) => {
    expect(readSchedule(text, utc)).toMatchObject({
      fault: { code, severity: 'error', message: expect.stringContaining(message), hint: expect.stringMatching(/./) },
    });
  });

  test.each([
    ['* * * * * *', true],
    ['*/5 * * * * *', true],
    ['10,20,45 * * * * *', true],
    ['*/30 */1 0-23 * * *', true],
    ['30 * * * * *', false],
    ['* 1-5 * * * *', false],
    ['* */20 * * * *', false],
    ['* * 12 * * Mon', false],
    ['* * * * *', false],
    ['00:00:59.9', true],
    ['00:01:00', false],
  ])('knows whether "%s" comes more than once a minute: %s', (text, isSubMinute) => {
    expect(scheduleOf(text, utc).isSubMinute).toBe(isSubMinute);
  });
});

describe('a schedule that never comes', () => {
  test.each(['0 0 0 30 2 *', '9999999.00:00:00'])('%s', (text) => {
    expect(scheduleOf(text, berlin).nextAfter(new Date('2026-01-01T00:00:00Z'))).toBeUndefined();
  });
});

describe('a point in time', () => {
  test('comes once a day for twenty years, whatever the clocks do', () => {
    const runs = between(scheduleOf('0 30 2 * * *', berlin), '2010-01-01T00:00:00+01:00', '2030-01-01T00:00:00+01:00');
    const dates = runs.map((run) => localTimeText(run, berlin).slice(0, 10));
    expect(new Set(dates).size).toBe(runs.length);
    expect(runs).toHaveLength(7_305);
    const odd = runs.map((run) => localTimeText(run, berlin).slice(11, 16)).filter((time) => time !== '02:30');
    expect(odd).toEqual(Array(20).fill('03:30'));
  });

  test('comes once from noon to noon in every zone', () => {
    for (const zone of restlessZones) {
      const [from, until] = [2025, 2026].map((year) => new Date(zone.instantsAt(Date.UTC(year, 11, 31, 12)).firstMs).toISOString());
      for (const hour of [0, 1, 2, 3, 23]) {
        const runs = between(scheduleOf(`0 30 ${hour} * * *`, zone), from!, until!);
        expect(runs, zone.name).toHaveLength(365);
        const gaps = hoursBetween(runs);
        expect(Math.min(...gaps), zone.name).toBeGreaterThanOrEqual(22);
        expect(Math.max(...gaps), zone.name).toBeLessThanOrEqual(26);
      }
    }
  });

  test('comes on the first pass even if the clocks showed the same offset when it was asked for', () => {
    // Azure's host takes any repeated time in the offset of now for a second pass, and leaves the whole year out.
    const next = scheduleOf('0 30 1 3 11 *', zoneNamed('America/New_York')).nextAfter(new Date('2024-01-10T00:00:00Z'));
    expect(next?.toISOString()).toBe('2024-11-03T05:30:00.000Z');
  });

  test('is passed over on the second pass', () => {
    const next = scheduleOf('0 30 2 * * *', berlin).nextAfter(new Date('2026-10-25T02:10:00+01:00'));
    expect(next?.toISOString()).toBe('2026-10-26T01:30:00.000Z');
  });
});

describe('an interval', () => {
  // Lord Howe sets its clocks by half an hour; what the hourly run makes of it is in timer-dst.json.
  const byHours = restlessZones.filter(({ name }) => name !== 'Australia/Lord_Howe');

  test('of an hour neither loses nor doubles one in any zone', () => {
    for (const zone of byHours) {
      const runs = between(scheduleOf('0 0 * * * *', zone), '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
      expect(new Set(hoursBetween(runs)), zone.name).toEqual(new Set([1]));
    }
  });

  test('of a quarter neither loses nor doubles one in the night of any change', () => {
    for (const zone of byHours) {
      for (const change of changesIn(zone, 2026)) {
        const night = [change, change + 2 * DAY_MS].map((ms) => new Date(ms).toISOString());
        const runs = between(scheduleOf('0 */15 * * * *', zone), night[0]!, night[1]!);
        expect(new Set(hoursBetween(runs)), zone.name).toEqual(new Set([0.25]));
      }
    }
  });

  test('of five minutes has each of them for a year', () => {
    const runs = between(scheduleOf('0 */5 * * * *', berlin), '2025-12-31T23:59:59Z', '2026-12-31T23:59:59Z');
    expect(runs).toHaveLength(365 * 288);
  });

  test.each(['0-1 30 2 * * *', '0 30-31 2 * * *', '0 30 2,3 * * *'])('is "%s", which comes on the second pass too', (text) => {
    const next = scheduleOf(text, berlin).nextAfter(new Date('2026-10-25T02:10:00+01:00'))!;
    expect(localTimeText(next, berlin)).toBe('2026-10-25T02:30:00+01:00');
  });

  test('comes on both passes even if the clocks showed the same offset when it was asked for', () => {
    const runs = between(scheduleOf('0 0,1 1 3 11 *', zoneNamed('America/New_York')), '2024-01-10T00:00:00Z', '2024-11-03T06:00:00Z');
    expect(runs.map((run) => run.toISOString())).toEqual(['2024-11-03T05:00:00.000Z', '2024-11-03T05:01:00.000Z']);
  });
});

describe('a pause', () => {
  test('is real time, whatever the clocks do', () => {
    expect(scheduleOf('1.00:00:00', berlin).nextAfter(new Date('2026-03-28T12:00:00.123Z'))?.toISOString()).toBe(
      '2026-03-29T12:00:00.123Z',
    );
  });
});

describe('the next time', () => {
  const texts = fc.constantFrom(
    '* * * * *',
    '*/7 * * * * *',
    '0 */20 1,2 * * *',
    '0 0 */2 * * *',
    '0 30 2 * * *',
    '0 15,45 0-3 * * 0',
    '59 59 23 * * *',
    '0 0 0 1 * *',
    '00:17:00',
  );
  const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });

  test('is later, in every zone at any time', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(...zones), instants, (text, zone, instant) => {
        expect(scheduleOf(text, zone).nextAfter(new Date(instant))!.getTime()).toBeGreaterThan(instant);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of a cron expression is the same from every instant before it', () => {
    const crons = texts.filter((text) => text.includes('*'));
    fc.assert(
      fc.property(crons, fc.constantFrom(...zones), instants, fc.integer({ min: 1, max: 99 }), (text, zone, instant, percent) => {
        const schedule = scheduleOf(text, zone);
        const next = schedule.nextAfter(new Date(instant))!;
        const between = new Date(instant + Math.floor(((next.getTime() - instant) * percent) / 100));
        // Only near a clock change does it matter from when one asks: what an interval makes of the second pass depends on the first.
        fc.pre(!changesWithin(zone, instant, next.getTime()));
        expect(schedule.nextAfter(between)).toEqual(next);
      }),
      { numRuns: 1_000 },
    );
  });
});

function changesWithin(zone: TimeZone, fromMs: number, toMs: number): boolean {
  for (let at = fromMs - DAY_MS; at < toMs + DAY_MS; at += DAY_MS) if (zone.offsetMsAt(at) !== zone.offsetMsAt(at + DAY_MS)) return true;
  return false;
}
