// One timer of the app: what its binding says, and what it shares with the others.
import { optionsOf } from '../../core/binding-options.ts';
import type { BindingContext } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { TIMER_OPTIONS } from './options.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import type { TimeZone } from './time-zone.ts';
import { timeZoneOf } from './time-zone-setting.ts';

export type Timer = {
  readonly functionName: string;
  readonly schedule: Schedule;
  readonly zone: TimeZone;
  readonly runOnStartup: boolean;
  /** Its status is stored, and told to the handler. */
  readonly isMonitored: boolean;
  /** Where it is stored. */
  readonly statusPath: string;
  /** Whoever holds it runs the timer. */
  readonly lockPath: string;
};

export function timerOf(binding: BindingMetadata, context: BindingContext): Timer {
  const { schedule: text = '', runOnStartup, useMonitor } = optionsOf(TIMER_OPTIONS, binding);
  const { functionName, hostId } = context;
  const zone = zoneOfApp(context);
  const reading = readSchedule(text, zone);
  // It was found at load, and such a function does not run.
  if ('fault' in reading) throw new Error(reading.fault.message);
  const { schedule } = reading;
  return {
    functionName,
    schedule,
    zone,
    runOnStartup,
    // Parity: what comes more than once a minute is not stored, whatever the binding says (timer.cron, timer.span).
    isMonitored: useMonitor && !schedule.isSubMinute,
    statusPath: `timers/${hostId}/Host.Functions.${functionName}/status`,
    lockPath: `locks/${hostId}/Host.Functions.${functionName}.Listener`,
  };
}

/** Chosen once for all timers, and so what is wrong with the settings is said once. */
function zoneOfApp({ shared, settings, systemTimeZone, log }: BindingContext): TimeZone {
  return shared('time zone of timers', () => {
    const { zone, problems } = timeZoneOf(settings, systemTimeZone());
    for (const { message, code, hint } of problems) log.warning(message, { code, hint });
    return zone;
  });
}
