import type { AppSettings } from '../../core/function-app.ts';
import { nearestName } from '../../core/nearest-name.ts';
import type { Problem } from '../../core/problem.ts';
import { timeZoneUnknown } from '../../core/problems/timer.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';
import { WINDOWS_ZONES } from './windows-zones.ts';

type TimeZoneReading = { readonly zone: TimeZone; readonly problems: readonly Problem[] };

/**
 * The zone whose clocks timers follow: `WEBSITE_TIME_ZONE`, else `TZ`, else that of the system; UTC where that has none.
 * `TZ` may have the forms that POSIX and glibc know for a file: ":Europe/Berlin", ":/etc/localtime", "/usr/share/zoneinfo/Europe/Berlin".
 * A setting that names no zone is passed over with a warning.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-time-zones
 */
export function timeZoneOf(settings: AppSettings, systemZone: string): TimeZoneReading {
  const unknown: (readonly [setting: string, name: string])[] = [];
  const choose = (): TimeZone => {
    for (const setting of ['WEBSITE_TIME_ZONE', 'TZ']) {
      const name = setting === 'TZ' ? zoneOfTz(settings.TZ) : settings[setting];
      if (!name) continue;
      const zone = timeZoneNamed(name);
      if (zone) return zone;
      unknown.push([setting, name]);
    }
    return timeZoneNamed(systemZone) ?? (timeZoneNamed('UTC') as TimeZone);
  };
  const zone = choose();
  const problems = unknown.map(([setting, name]) => timeZoneUnknown(setting, name, zone.name, nearestName(name, zoneNames())));
  return { zone, problems };
}

/** Undefined: it says nothing, or a file such as /etc/localtime, which means what the system has. */
function zoneOfTz(text = ''): string | undefined {
  const name = text.replace(/^:/, '');
  return name.startsWith('/') ? /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(name)?.[1] : name;
}

function zoneNames(): Iterable<string> {
  return [...Intl.supportedValuesOf('timeZone'), ...Object.keys(WINDOWS_ZONES)];
}
