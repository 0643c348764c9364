// What is remembered of a timer, so that a host that starts again knows whether a run was missed. Instants come in; nothing here waits or stores.
import type { Schedule } from './schedule.ts';

export type ScheduleStatus = {
  /** The last run. Undefined: none yet under this schedule. */
  readonly last: Date | undefined;
  /** Undefined: never. */
  readonly next: Date | undefined;
  /** The instant from which `next` was reckoned. */
  readonly lastUpdated: Date | undefined;
};

export type StatusAtStart = {
  /** What the first run is told. */
  readonly status: ScheduleStatus;
  /** Undefined: what is stored stays. */
  readonly toStore: ScheduleStatus | undefined;
  /** A run was missed: the function runs at once, and once, however many were missed. */
  readonly isPastDue: boolean;
};

/** `stored`: undefined for a timer that has none, or whose status is not kept. */
export function statusAtStart(schedule: Schedule, stored: ScheduleStatus | undefined, now: Date): StatusAtStart {
  if (!stored) {
    const next = schedule.nextAfter(now);
    // Parity: the first payload does not know yet when its status was written (timer-state.minute).
    const status = { last: undefined, next, lastUpdated: undefined };
    return { status, toStore: { ...status, lastUpdated: now }, isPastDue: false };
  }
  const reckonedFrom = stored.last ?? stored.lastUpdated ?? now;
  const expected = schedule.nextAfter(reckonedFrom);
  if (isSame(stored.next, expected)) return { status: stored, toStore: undefined, isPastDue: isBefore(stored.next, now) };

  // The schedule is another than that of the status. What it would have meant for the past is not made up for (timer-state.start).
  const isOver = isBefore(expected, now);
  const status = isOver
    ? { last: undefined, next: schedule.nextAfter(now), lastUpdated: now }
    : { last: undefined, next: expected, lastUpdated: reckonedFrom };
  return { status, toStore: status, isPastDue: false };
}

/** Why a function runs: its time has come, or the host has just started. */
export type RunReason = 'scheduled' | 'pastDue' | 'runOnStartup';

/** After a run that succeeded or failed. `startedAt`: when it began. */
export function statusAfterRun(schedule: Schedule, before: ScheduleStatus, reason: RunReason, startedAt: Date): ScheduleStatus {
  // A timer that fires early would otherwise find the same occurrence again.
  const isEarly = reason === 'scheduled' && before.next !== undefined && before.next > startedAt;
  const reference = isEarly ? (before.next as Date) : startedAt;
  return { last: reference, next: schedule.nextAfter(reference), lastUpdated: reference };
}

/** Node's timers stand still while the machine sleeps, do not notice that its clock is set, and end after 24.8 days: so the clock is looked at every minute. */
const LONGEST_PAUSE_MS = 60_000;

/** How long to sleep before asking again; 0: it is time; undefined: it never is. */
export function pauseMsUntil(next: Date | undefined, now: Date): number | undefined {
  return next && Math.min(Math.max(next.getTime() - now.getTime(), 0), LONGEST_PAUSE_MS);
}

function isSame(one: Date | undefined, other: Date | undefined): boolean {
  return one?.getTime() === other?.getTime();
}

function isBefore(one: Date | undefined, now: Date): boolean {
  return one !== undefined && one < now;
}
