// Every row of test/golden/ncrontab.json, schedules.json and timer-dst.json that is about times: what Azure's host makes of a schedule.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { localTimeText } from './local-time.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';

type Occurrences = { after: string; occurrences: string[] };
type CronRow = { expression: string; next?: Occurrences[] };
type ScheduleRow = { schedule: string; text?: string; adjustForDst?: boolean; next?: string; error?: string };
type DstRow = {
  timeZone: string;
  schedule: string;
  startUtc: string;
  fires: { nextLocal: string; waitMs: number; utc: string }[];
};
type NotFollowed = { file: string; row: string; ours: string };

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../../../../test/golden/${name}`, import.meta.url), 'utf8'));
const notFollowed = (file: string) =>
  new Map((read('not-followed.json') as NotFollowed[]).filter((one) => one.file === file).map(({ row, ours }) => [row, ours]));

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

describe('the occurrences of a cron expression', () => {
  // The table leaves out the midnight of 25 April 2025, which Cairo alone did not have: there it was made.
  const zone = zoneNamed('Africa/Cairo');
  const instantOf = (wall: string) => new Date(zone.instantsAt(Date.parse(`${wall}Z`)).firstMs);
  const wallOf = (instant: Date) => localTimeText(instant, zone).slice(0, 19);
  const others = notFollowed('ncrontab.json');
  const cases = (read('ncrontab.json') as CronRow[]).flatMap(({ expression, next = [] }) =>
    next.map((one) => ({ expression, ...one, row: `${expression} after ${one.after}` })),
  );

  test.each(cases.filter(({ row }) => !others.has(row)))("$row are the library's", ({ expression, after, occurrences }) => {
    const schedule = scheduleOf(expression, zone);
    const found: string[] = [];
    for (let at = instantOf(after); found.length < occurrences.length; ) {
      const next = schedule.nextAfter(at);
      found.push(next ? wallOf(next) : 'never');
      at = next ?? at;
    }
    expect(found).toEqual(occurrences);
  });

  test.each([...others])("%s begin at %s, earlier than the library's, and hold them all", (row, ours) => {
    const { expression, after, occurrences } = cases.find((one) => one.row === row)!;
    const schedule = scheduleOf(expression, zone);
    expect(wallOf(schedule.nextAfter(instantOf(after))!)).toBe(ours);
    expect(ours < occurrences[0]!).toBe(true);
    const justBefore = (wall: string) => new Date(instantOf(wall).getTime() - 1_000);
    expect(occurrences.map((wall) => wallOf(schedule.nextAfter(justBefore(wall))!))).toEqual(occurrences);
  });
});

describe('the text of a schedule', () => {
  const utc = zoneNamed('UTC');
  const others = notFollowed('schedules.json');
  const rows = (read('schedules.json') as ScheduleRow[]).filter(({ schedule }) => !others.has(schedule));

  test.each(rows.filter(({ error }) => error === undefined))(
    '"$schedule" becomes $text',
    ({ schedule: text, adjustForDst, next, ...row }) => {
      const schedule = scheduleOf(text, utc);
      expect(schedule).toMatchObject({ text: row.text, adjustForDst });
      expect(schedule.nextAfter(new Date('2024-01-01T10:00:00Z'))?.toISOString().slice(0, 19)).toBe(
        next === '9999-12-31T23:59:59' ? undefined : next,
      );
    },
  );

  test.each(rows.filter(({ error }) => error !== undefined))(
    '"$schedule" is refused in the words of Azure\'s host',
    ({ schedule, error }) => {
      expect(readSchedule(schedule, utc)).toMatchObject({ fault: { severity: 'error', azureMessage: error } });
    },
  );

  test.each([...others.keys()])('"%s" is refused here alone', (text) => {
    expect(readSchedule(text, utc)).toMatchObject({ fault: { code: 'SCHEDULE_PAUSE_NOT_POSITIVE' } });
  });
});

describe('a schedule across clock changes', () => {
  const rows: DstRow[] = read('timer-dst.json');

  test.each(rows)('$schedule in $timeZone from $startUtc', ({ timeZone, schedule: text, startUtc, fires }) => {
    const zone = zoneNamed(timeZone);
    const schedule = scheduleOf(text, zone);
    let at = new Date(startUtc);
    const found = fires.map(() => {
      const next = schedule.nextAfter(at)!;
      const fire = {
        nextLocal: localTimeText(next, zone),
        waitMs: next.getTime() - at.getTime(),
        utc: next.toISOString().replace('.000', ''),
      };
      at = next;
      return fire;
    });
    expect(found).toEqual(fires);
  });
});
