// The heart of timers: what a schedule means, when it comes, what is remembered of it and what the handler is told. All of it is pure:
// instants come in, and whoever calls waits and stores.
//
//   timeZoneOf(settings, systemZone)             once for the app: the zone, and problems with the settings
//   readSchedule(text, zone)                     the schedule with remarks, or the fault
//   readStatus(storedText, zone)                 what was stored; a fault is worth a warning and counts as nothing stored
//   statusAtStart(schedule, stored, now)         the status to begin with; store `toStore`, run at once if `isPastDue` or on runOnStartup
//   pauseMsUntil(status.next, now)               sleep that long and ask again; 0 is the time to run, undefined the end: it never comes
//   timerInfo({ schedule, status, isPastDue }, zone)             the data of a run, with the status from before it
//   statusAfterRun(schedule, status, reason, startedAt)          the next status, whether the run succeeded or failed
//   statusJson(status, zone)                     what to store, as compact JSON
//
// A schedule that `isSubMinute` is never stored, like one with useMonitor false, and its handler is told no status; the loop needs one all the same.
export { readSchedule, type Schedule } from './schedule.ts';
export { pauseMsUntil, type RunReason, type ScheduleStatus, statusAfterRun, statusAtStart } from './schedule-status.ts';
export { readStatus, statusJson } from './status-text.ts';
export type { TimeZone } from './time-zone.ts';
export { timeZoneOf } from './time-zone-setting.ts';
export { timerInfo } from './timer-info.ts';
