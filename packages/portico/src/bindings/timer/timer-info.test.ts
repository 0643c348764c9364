// Against the payloads that Azure's host sent.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSchedule, type Schedule } from './schedule.ts';
import { statusAtStart } from './schedule-status.ts';
import { readStatus } from './status-text.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';
import { timerInfo } from './timer-info.ts';

const utc = timeZoneNamed('UTC') as TimeZone;

function scheduleOf(text: string): Schedule {
  const reading = readSchedule(text, utc);
  if ('fault' in reading) throw new Error(reading.fault.message);
  return reading.schedule;
}

type Recording = { handlerReceived: { url: string; json: { Data: { tick: Tick } } }[] };
type Tick = { Schedule: unknown; ScheduleStatus: { Last: string; Next: string; LastUpdated: string } | null; IsPastDue: boolean };

/** As text, so that the order of members counts. */
function recorded(scenario: string, url: string): Tick {
  const file = new URL(`../../../../../test/conformance/recordings/${scenario}.json`, import.meta.url);
  const { handlerReceived }: Recording = JSON.parse(readFileSync(file, 'utf8'));
  return handlerReceived.find((one) => one.url === url)!.json.Data.tick;
}

describe('timerInfo', () => {
  test.each([
    ['timer.cron', '/EverySecond', '*/2 * * * * *'],
    ['timer.span', '/Span', '00:00:02'],
  ])('is that of %s where no status is kept', (scenario, url, text) => {
    const info = timerInfo({ schedule: scheduleOf(text), status: undefined, isPastDue: false }, utc);
    expect(JSON.stringify(info)).toBe(JSON.stringify(recorded(scenario, url)));
  });

  test.each(['/Failing', '/Startup', '/Unset'])('is that of timer-state.start for the overdue %s', (url) => {
    const tick = recorded('timer-state.start', url);
    const schedule = scheduleOf('0 0 0 1 1 *');
    const reading = readStatus(JSON.stringify(tick.ScheduleStatus), utc);
    const stored = 'status' in reading ? reading.status : undefined;
    const { status, isPastDue } = statusAtStart(schedule, stored, new Date('2026-11-22T11:01:02Z'));
    expect(JSON.stringify(timerInfo({ schedule, status, isPastDue }, utc))).toBe(JSON.stringify(tick));
  });

  test('is that of timer-state.minute for the first run of a new timer', () => {
    const tick = recorded('timer-state.minute', '/Minute');
    const schedule = scheduleOf('0 * * * * *');
    const { status, isPastDue } = statusAtStart(schedule, undefined, new Date('2026-11-22T11:01:02.345Z'));
    const expected = { ...tick, ScheduleStatus: { ...tick.ScheduleStatus, Next: '2026-11-22T11:02:00+00:00' } };
    expect(JSON.stringify(timerInfo({ schedule, status, isPastDue }, utc))).toBe(JSON.stringify(expected));
  });
});
