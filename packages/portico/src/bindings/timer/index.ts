// Timers: a trigger that runs a function by a schedule, on one host of the app at a time.
//
//   schedule.ts         what the text of a schedule means, and when it comes next; time-zone.ts knows the clock changes
//   schedule-status.ts  what is remembered of a timer; status-text.ts how that is stored
//   listener.ts         holds the lock, waits and runs the function
//   trigger.ts          makes listeners, and the event of a call by hand
//
// All but the last two are pure: instants come in. https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
import type { BindingExtension } from '../../core/extension.ts';
import { checkTimer, describeTimer } from './check.ts';
import { TIMER_OPTIONS } from './options.ts';

export const timerExtension: BindingExtension = {
  name: 'timers',
  hostOptions: undefined,
  types: {
    timerTrigger: {
      options: TIMER_OPTIONS,
      check: checkTimer,
      describe: describeTimer,
      trigger: async () => (await import('./trigger.ts')).timerTrigger,
    },
  },
};
