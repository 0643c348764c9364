// When a timer's time has come, by a clock that may jump.
import type { ScheduleStatus } from './schedule-status.ts';

/** A timer of Node is a millisecond or two behind, a busy machine some more. */
const LATE_MS = 1000;

/** Such a run is past due, as documented. Azure's host says so only of a run that was missed before it started. */
export function isLate(dueAt: Date, now: Date): boolean {
  return now.getTime() - dueAt.getTime() > LATE_MS;
}

/**
 * The clock was set back by more than the timer's own pause, so that it would stand still for longer than that. One that was set back by less waits:
 * what has run at noon does not run at noon again.
 */
export function isSetBack({ last, lastUpdated, next }: ScheduleStatus, armedAt: Date, now: Date): boolean {
  const reckonedFrom = (last ?? lastUpdated ?? armedAt).getTime();
  return next !== undefined && reckonedFrom - now.getTime() > next.getTime() - reckonedFrom;
}
