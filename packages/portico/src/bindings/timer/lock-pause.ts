// How long a host that does not run a timer waits before it asks for the lock again.
import type { Schedule } from './schedule.ts';

/** So much before an occurrence a lock that is free is taken. */
const LEAD_MS = 1000;
const SHORTEST_PAUSE_MS = 1000;

/**
 * A host that stops gives its lock back, one that crashes holds it for up to a period; neither matters until the timer's time comes.
 * So it is asked for a second before each occurrence, four times in a period while the holder may have crashed over one, and once in a period otherwise.
 *
 * Parity: Azure's host asks every minute, and a timer stands still for that long after a restart (timer-state.restart).
 */
export function lockPauseMs({ nextAfter, isSubMinute }: Schedule, periodMs: number, now: Date): number {
  const often = periodMs / 4;
  if (isSubMinute) return often;
  const later = (ms: number) => new Date(now.getTime() + ms);
  const leftMs = (occurrence: Date | undefined) => (occurrence ? occurrence.getTime() - LEAD_MS - now.getTime() : Number.POSITIVE_INFINITY);
  // A lock lives on for a period, and is asked for once more after that.
  const wasJustDue = leftMs(nextAfter(later(-periodMs - often))) <= 0;
  const pauseMs = Math.min(leftMs(nextAfter(later(LEAD_MS))), wasJustDue ? often : periodMs);
  return Math.max(pauseMs, SHORTEST_PAUSE_MS);
}
