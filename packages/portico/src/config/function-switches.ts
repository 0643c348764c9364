// The settings AzureWebJobs.NAME.Disabled. https://learn.microsoft.com/azure/azure-functions/disable-function
import type { AppSettings } from '../core/function-app.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { switchUnreadable, switchWithoutFunction } from '../core/problems/settings.ts';
import { settingFinder } from './settings.ts';

const SWITCH = /^AzureWebJobs([._])(?<name>.+)\1Disabled$/i;

/** Which setting switches a function off. Undefined: none. */
export function switches(settings: AppSettings): (name: string) => string | undefined {
  const find = settingFinder(settings);
  return (name) => {
    const [written, value] = find(`AzureWebJobs.${name}.Disabled`) ?? find(`AzureWebJobs_${name}_Disabled`) ?? [];
    return value === '1' || value?.toLowerCase() === 'true' ? written : undefined;
  };
}

/** The switches that do not do what they look like. `names`: of all functions. */
export function checkSwitches(settings: AppSettings, names: readonly string[]): Problem[] {
  return Object.entries(settings).flatMap(([setting, value]) => {
    const written = SWITCH.exec(setting)?.groups?.name;
    if (written === undefined) return [];
    const functionName = names.find((name) => name.toLowerCase() === written.toLowerCase());
    if (functionName === undefined) return [switchWithoutFunction(setting, written, nearestName(written, names))];
    return /^(true|false|1|0|)$/i.test(value) ? [] : [{ ...switchUnreadable(setting, value), functionName }];
  });
}
