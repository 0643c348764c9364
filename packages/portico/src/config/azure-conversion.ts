// What Azure's host does with a value of host.json that it cannot convert.
import type { BadValue, Option } from '../core/options.ts';
import { parseTimeSpan } from '../core/time-span.ts';
import { nameOf } from './findings.ts';
import { HOST_OPTIONS } from './host-options.ts';
import { RETRY_OPTIONS } from './retry-policy.ts';

const CLR_TYPES: Readonly<Partial<Record<Option['type'], string>>> = {
  integer: 'System.Int32',
  flag: 'System.Boolean',
  timeSpan: 'System.TimeSpan',
};

/** A sentence for the reader, and Azure's own words where they are known. */
export function onAzure({ path, found, option }: BadValue): { hint: string; azureMessage?: string } {
  const isConverted = option.type in CLR_TYPES || option.type === 'choice';
  // Only text is converted: a list or an object where one value belongs is no value at all.
  if (!isConverted || typeof found === 'object') return { hint: 'On Azure it is ignored.' };
  const azureMessage = messageTo(path, `${found}`, option);
  return { hint: 'On Azure the whole host fails to start.', ...(azureMessage !== undefined && { azureMessage }) };
}

function messageTo(path: BadValue['path'], found: string, option: Option): string | undefined {
  const [parent, name = ''] = [path.slice(0, -1), `${path.at(-1)}`];
  if (nameOf(parent).toLowerCase() === 'logging.loglevel') {
    return `Microsoft.Extensions.Logging.Configuration: Configuration value '${found}' is not supported.`;
  }
  const isConvertible = option.type === 'timeSpan' ? parseTimeSpan(found) !== undefined : /^\s*[+-]?\d+\s*$/.test(found);
  if (isConvertible) return OUT_OF_RANGE.get(option);
  const type = CLR_TYPES[option.type];
  if (!type) return undefined;
  // Azure names the property of its own class, which begins with a capital.
  const key = ['AzureFunctionsJobHost', ...parent, name.replace(/^./, (letter) => letter.toUpperCase())].join(':');
  const conversion = `Microsoft.Extensions.Configuration.Binder: Failed to convert configuration value at '${key}' to type '${type}'.`;
  if (option.type !== 'timeSpan') return conversion;
  return `${conversion} System.ComponentModel.TypeConverter: ${found} is not a valid value for TimeSpan. System.Private.CoreLib: String '${found}' was not recognized as a valid TimeSpan.`;
}

const OUT_OF_RANGE = new Map<Option, string>([
  [HOST_OPTIONS.functionTimeout, 'FunctionTimeout must be greater than 00:00:01 and less than 10675199.02:48:05.4775807.'],
  [
    RETRY_OPTIONS.maxRetryCount,
    "Microsoft.Azure.WebJobs.Script: Specified argument was out of the range of valid values. (Parameter 'maxRetryCount').",
  ],
]);
