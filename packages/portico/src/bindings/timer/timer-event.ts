// A run of a timer, as its handler and the log hear of it.
import type { TriggerEvent } from '../../core/extension.ts';
import { exactLocalTimeText } from './local-time.ts';
import type { RunReason, ScheduleStatus } from './schedule-status.ts';
import type { Timer } from './timer.ts';
import { timerInfo } from './timer-info.ts';

/** `status`: from before the run. */
export function timerEvent(timer: Timer, status: ScheduleStatus, why: RunReason, at: Date): TriggerEvent {
  const { zone } = timer;
  const event = eventOf(timer, status, why === 'pastDue', `Timer fired at ${exactLocalTimeText(at, zone)}`);
  if (why === 'scheduled') return event;
  if (why === 'runOnStartup') return { ...event, details: { UnscheduledInvocationReason: 'RunOnStartup' } };
  const originalSchedule = status.next && exactLocalTimeText(status.next, zone);
  return { ...event, details: { UnscheduledInvocationReason: 'IsPastDue', OriginalSchedule: originalSchedule } };
}

/** Parity: it is told the status as it is stored, and changes nothing of it (timer.admin). */
export function timerEventByHand(timer: Timer, status: ScheduleStatus | undefined): TriggerEvent {
  return eventOf(timer, status, false, 'This function was programmatically called via the host APIs.');
}

function eventOf(timer: Timer, status: ScheduleStatus | undefined, isPastDue: boolean, reason: string): TriggerEvent {
  const { schedule, zone, isMonitored } = timer;
  return { value: timerInfo({ schedule, status: isMonitored ? status : undefined, isPastDue }, zone), bindingData: [], reason };
}
