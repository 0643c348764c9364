// How long a host that does not run a timer waits before it asks for the lock again.
import type { Schedule } from './schedule.ts';

/** So much before an occurrence a lock that is free is taken. */
const LEAD_MS = 1000;
const SHORTEST_PAUSE_MS = 1000;
const SUB_MINUTE_PAUSE_MS = 2000;

/** Cron occurrences are the same on every host. Those of a pause hang on the last run, so the status that the holder stored tells the next. */
export function occurrencesOf(schedule: Schedule, storedNext: Date | undefined): Occurrences {
  if (!schedule.isPause) return schedule;
  return { isSubMinute: schedule.isSubMinute, nextAfter: (instant) => (storedNext && storedNext > instant ? storedNext : undefined) };
}

type Occurrences = Pick<Schedule, 'nextAfter' | 'isSubMinute'>;

/**
 * A host that stops gives its lock back, one that crashes holds it for up to a period; neither matters until the timer's time comes.
 * So it is asked for a second before each occurrence, four times in a period while the holder may have crashed over one, and once in a period otherwise.
 * What comes more than once a minute is asked for every two seconds.
 *
 * Parity: Azure's host asks every minute, and a timer stands still for that long after a restart (timer-state.restart).
 */
export function lockPauseMs({ nextAfter, isSubMinute }: Occurrences, periodMs: number, now: Date): number {
  if (isSubMinute) return SUB_MINUTE_PAUSE_MS;
  const often = periodMs / 4;
  const later = (ms: number) => new Date(now.getTime() + ms);
  const leftMs = (occurrence: Date | undefined) => (occurrence ? occurrence.getTime() - LEAD_MS - now.getTime() : Number.POSITIVE_INFINITY);
  // A lock lives on for a period, and is asked for once more after that.
  const wasJustDue = leftMs(nextAfter(later(-periodMs - often))) <= 0;
  const pauseMs = Math.min(leftMs(nextAfter(later(LEAD_MS))), wasJustDue ? often : periodMs);
  return Math.max(pauseMs, SHORTEST_PAUSE_MS);
}
