// What is wrong with one timer, found when the app is loaded. The time zone is that of the app, so it is no matter of a binding: timer.ts says what is wrong with it.
import { checkStorageConnection } from '../../azure/connection.ts';
import { optionsOf } from '../../core/binding-options.ts';
import type { BindingFault, CheckFacts } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { TIMER_OPTIONS } from './options.ts';
import { readSchedule } from './schedule.ts';
import type { TimeZone } from './time-zone.ts';

export function checkTimer(binding: BindingMetadata, { settings }: CheckFacts): readonly BindingFault[] {
  const reading = readSchedule(scheduleText(binding), ANY_ZONE);
  const problems = 'fault' in reading ? [reading.fault] : reading.remarks;
  // Its lock is a blob of the app's own account. That is no property of the binding, so the whole of it is at fault.
  const storageProblem = checkStorageConnection(undefined, settings, 'blob');
  return [
    ...problems.map((problem) => ({ problem, property: 'schedule' })),
    ...(storageProblem === undefined ? [] : [{ problem: storageProblem }]),
  ];
}

export function describeTimer(binding: BindingMetadata): string | undefined {
  return scheduleText(binding) || undefined;
}

function scheduleText(binding: BindingMetadata): string {
  return optionsOf(TIMER_OPTIONS, binding).schedule ?? '';
}

/** What a schedule means is the same in all zones. To make a real one costs milliseconds at each start. */
const ANY_ZONE: TimeZone = { name: 'UTC', offsetMsAt: () => 0, instantsAt: (wallMs) => ({ firstMs: wallMs, lastMs: wallMs }) };
