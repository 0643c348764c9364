// Schedules of timers, as NCRONTAB and as spans of time: refused with a reason, or each occurrence comes after the one before.
import fc from 'fast-check';
import { parseNcrontab } from '../../packages/portico/src/bindings/timer/ncrontab.ts';
import { readSchedule } from '../../packages/portico/src/bindings/timer/schedule.ts';
import { type TimeZone, timeZoneNamed } from '../../packages/portico/src/bindings/timer/time-zone.ts';
import { countsDaysUnexpectedly, formatTimeSpan, parseTimeSpan } from '../../packages/portico/src/core/time-span.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, soup } from '../text.ts';

const TEXTS = [
  '0 */5 * * * *',
  '0 30 9 * jan-mar mon-fri',
  '0,30 10-20/3 22-2 1,15 * sun',
  '59 59 23 29 2 *',
  '0 0 0 30 2 *',
  '*/7 * * * * *',
  '0 0 2 * * 0',
  '5 * * * *',
  '00:05:00',
  '1.02:03:04.5',
  '10675199.02:48:05.4775807',
  '-00:00:01',
  '24:00:00',
  '7',
  '  00:00:01.1234567 ',
];
const SCRAPS = [
  '*',
  '/',
  '-',
  ',',
  ' ',
  '\t',
  ':',
  '.',
  '0',
  '1',
  '59',
  '60',
  '7',
  '99999999999',
  '-1',
  '+1',
  'jan',
  'SUN',
  'm',
  '?',
  'L',
  '#',
  '00',
  '23',
  '24',
  '٣',
  ' ',
];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Chatham', 'Asia/Kolkata', 'America/Sao_Paulo'];
const zones = new Map(ZONES.map((name) => [name, timeZoneNamed(name) as TimeZone]));

const inputs = fc.record({
  text: fc.oneof(
    { weight: 5, arbitrary: changed(fc.constantFrom(...TEXTS), SCRAPS, { unit: 'binary' }) },
    { weight: 1, arbitrary: soup(SCRAPS) },
  ),
  zone: fc.constantFrom(...ZONES),
  /** Close to clock changes, and to the end of the calendar, more often than not. */
  atMs: fc.oneof(
    fc.integer({ min: Date.UTC(2026, 2, 28), max: Date.UTC(2026, 2, 30) }),
    fc.integer({ min: Date.UTC(2026, 9, 24), max: Date.UTC(2026, 10, 2) }),
    fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(9999, 11, 31, 23, 59, 59) }),
  ),
});

export const schedules = pureTarget('schedules', 5000, inputs, ({ text, zone, atMs }) => {
  const span = parseTimeSpan(text);
  countsDaysUnexpectedly(text);
  if (span !== undefined) {
    insist(Number.isSafeInteger(Math.trunc(span)), 'a span of time is a number', () => String(span));
    insist(Math.abs((parseTimeSpan(formatTimeSpan(span)) ?? Number.NaN) - span) < 1, 'a span of time that is written reads the same', () =>
      formatTimeSpan(span),
    );
  }
  const cron = parseNcrontab(text);
  if ('cron' in cron) {
    const again = parseNcrontab(cron.cron.text);
    insist('cron' in again && again.cron.text === cron.cron.text, 'a schedule as it is logged reads the same', () => cron.cron.text);
  }
  const read = readSchedule(text, zones.get(zone) as TimeZone);
  if ('fault' in read) return insist(read.fault.message !== '', 'a fault says what it is');
  let last = atMs;
  for (let turn = 0; turn < 3; turn++) {
    const next = read.schedule.nextAfter(new Date(last))?.getTime();
    if (next === undefined) return;
    const detail = (): string => `${new Date(next).toISOString()} after ${new Date(last).toISOString()}`;
    insist(next > last, 'an occurrence comes after the one before', detail);
    insist(read.schedule.isPause || next % 1000 === 0, 'an occurrence is a whole second', detail);
    last = next;
  }
});
