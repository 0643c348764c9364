// What a handler gets as the data of its timer trigger.
import type { JsonObject } from '../../core/function-app.ts';
import type { Schedule } from './schedule.ts';
import type { ScheduleStatus } from './schedule-status.ts';
import { statusJson } from './status-text.ts';
import type { TimeZone } from './time-zone.ts';

export type TimerRun = {
  readonly schedule: Schedule;
  /** As it was before this run, whose time is its `next`. Undefined: no status is kept. */
  readonly status: ScheduleStatus | undefined;
  readonly isPastDue: boolean;
};

/** Names and order are those of Azure's host (timer.cron, timer-state.start). */
export function timerInfo({ schedule, status, isPastDue }: TimerRun, zone: TimeZone): JsonObject {
  return {
    Schedule: { AdjustForDST: schedule.adjustForDst },
    ScheduleStatus: status ? statusJson(status, zone) : null,
    IsPastDue: isPastDue,
  };
}
