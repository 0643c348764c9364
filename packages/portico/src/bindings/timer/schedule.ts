// What the `schedule` of a timerTrigger becomes: an NCRONTAB expression on the clocks of a time zone, or a fixed pause in real time.
import type { Problem } from '../../core/problem.ts';
import {
  scheduleMissing,
  scheduleNeverComes,
  schedulePauseCountsDays,
  schedulePauseNotPositive,
  scheduleRangeSwapped,
  scheduleUnreadable,
} from '../../core/problems/timer.ts';
import { countsDaysUnexpectedly, formatTimeSpan, parseTimeSpan } from '../../core/time-span.ts';
import { type Ncrontab, parseNcrontab } from './ncrontab.ts';
import { canOccur, nextOccurrence } from './next-occurrence.ts';
import type { TimeZone } from './time-zone.ts';

export type Schedule = {
  /** As Azure's host logs it: `Cron: '0 0,30 * * * *'`, `Constant: 00:05:00`. */
  readonly text: string;
  /** What the payload says: whether clock changes matter. */
  readonly adjustForDst: boolean;
  /** It counts from the last run, rather than going by the clock. */
  readonly isPause: boolean;
  /** It comes more than once a minute. Parity: its status is not kept, whatever useMonitor says. */
  readonly isSubMinute: boolean;
  /** Strictly after the instant; undefined when it never comes again. */
  nextAfter(instant: Date): Date | undefined;
};

export type ReadSchedule =
  /** Remarks are warnings: what runs otherwise than its author may think. */
  { readonly schedule: Schedule; readonly remarks: readonly Problem[] } | { readonly fault: Problem };

/** Settings in the text (`%NAME%`) are resolved before. https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions */
export function readSchedule(text: string, zone: TimeZone): ReadSchedule {
  if (text === '') return { fault: scheduleMissing() };
  const reading = parseNcrontab(text);
  if ('cron' in reading) return { schedule: cronSchedule(reading.cron, zone), remarks: remarksOn(text, reading.cron) };

  const pauseMs = parseTimeSpan(text);
  if (pauseMs === undefined) return { fault: scheduleUnreadable(text, isPauseLike(text) ? PAUSE_FAULT : reading.fault) };
  // Azure's host accepts these and runs the function without end.
  if (pauseMs <= 0) return { fault: schedulePauseNotPositive(text) };
  const canonical = formatTimeSpan(pauseMs);
  return {
    schedule: pauseSchedule(pauseMs),
    remarks: countsDaysUnexpectedly(text) ? [schedulePauseCountsDays(text, canonical)] : [],
  };
}

/** Where .NET's calendar ends; the longest pause leads 29,000 years beyond. */
const LAST_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

const PAUSE_FAULT = {
  reason: 'it is no span of time',
  hint: 'Write "hh:mm:ss", or "d.hh:mm:ss" from a day on, with hours up to 23; or an NCRONTAB expression such as "0 */5 * * * *".',
};

function isPauseLike(text: string): boolean {
  return /^\s*-?[\d.:]+\s*$/.test(text);
}

function remarksOn(text: string, cron: Ncrontab): readonly Problem[] {
  return [...(canOccur(cron) ? [] : [scheduleNeverComes(text)]), ...cron.swapped.map((range) => scheduleRangeSwapped(text, range))];
}

function pauseSchedule(pauseMs: number): Schedule {
  return {
    text: `Constant: ${formatTimeSpan(pauseMs)}`,
    adjustForDst: false,
    isPause: true,
    isSubMinute: pauseMs < 60_000,
    nextAfter(instant) {
      const nextMs = instant.getTime() + pauseMs;
      return nextMs <= LAST_INSTANT_MS ? new Date(nextMs) : undefined;
    },
  };
}

function cronSchedule(cron: Ncrontab, zone: TimeZone): Schedule {
  const nextMsAfter = isInterval(cron) ? nextOfInterval : nextOfPoint;
  return {
    text: `Cron: '${cron.text}'`,
    adjustForDst: true,
    isPause: false,
    isSubMinute: cron.second.length > 1 && cron.text.endsWith(' * * * * *'),
    nextAfter(instant) {
      const nextMs = nextMsAfter(cron, zone, instant.getTime());
      return nextMs === undefined ? undefined : new Date(nextMs);
    },
  };
}

/**
 * Parity: an interval fires in successive seconds, minutes or hours, whatever its steps look like: every second hour is none, hours 1,2 are one.
 * Intervals run through an hour that comes twice, points on its first pass alone.
 */
function isInterval({ second, minute, hour }: Ncrontab): boolean {
  return [second, minute, hour].some((values) => values.some((value, index) => values[index + 1] === value + 1));
}

function nextOfPoint(cron: Ncrontab, zone: TimeZone, nowMs: number): number | undefined {
  for (let wallMs = nextOccurrence(cron, wallTimeAt(zone, nowMs)); wallMs !== undefined; wallMs = nextOccurrence(cron, wallMs)) {
    const { firstMs } = zone.instantsAt(wallMs);
    // Otherwise now is the second pass, and this time had its turn on the first.
    if (firstMs > nowMs) return firstMs;
  }
  return undefined;
}

function nextOfInterval(cron: Ncrontab, zone: TimeZone, nowMs: number): number | undefined {
  const nowWallMs = wallTimeAt(zone, nowMs);
  const wallMs = nextOccurrence(cron, nowWallMs);
  if (wallMs === undefined) return undefined;
  const { firstMs, lastMs } = zone.instantsAt(wallMs);
  if (firstMs <= nowMs) return lastMs;
  // Parity: on the first pass it goes on as if the clock were not set back, even where that is off its grid. In Lord Howe, with half an hour,
  // 01:40+11:00 is followed by 01:30+10:30; in Chatham the last run of the hours 1-3 by one at midnight (timer-dst.json).
  return isRepeated(zone, nowWallMs) ? Math.min(firstMs, nowMs + wallMs - nowWallMs) : firstMs;
}

function wallTimeAt(zone: TimeZone, instantMs: number): number {
  return instantMs + zone.offsetMsAt(instantMs);
}

function isRepeated(zone: TimeZone, wallMs: number): boolean {
  const { firstMs, lastMs } = zone.instantsAt(wallMs);
  return firstMs !== lastMs;
}
