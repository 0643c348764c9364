// What Azure's host does with a value of host.json that it cannot convert.
import type { BadValue } from '../core/options.ts';
import { parseTimeSpan } from '../core/time-span.ts';
import { nameOf } from './findings.ts';
import { HOST_OPTIONS } from './host-options.ts';
import { RETRY_OPTIONS } from './retry-policy.ts';

const CLR_TYPES: Readonly<Record<string, string>> = { integer: 'System.Int32', flag: 'System.Boolean', timeSpan: 'System.TimeSpan' };

/** A sentence for the reader, and Azure's own words where they are known. */
export function onAzure(issue: BadValue): { hint: string; azureMessage?: string | undefined } {
  const isFatal = issue.option.type in CLR_TYPES || issue.option.type === 'choice';
  return { hint: isFatal ? 'On Azure the whole host fails to start.' : 'On Azure it is ignored.', azureMessage: azureMessageTo(issue) };
}

function azureMessageTo({ path, found, option }: BadValue): string | undefined {
  const parent = path.slice(0, -1);
  if (nameOf(parent).toLowerCase() === 'logging.loglevel')
    return `Microsoft.Extensions.Logging.Configuration: Configuration value '${found}' is not supported.`;
  const isReadable = option.type === 'timeSpan' ? parseTimeSpan(String(found)) !== undefined : Number.isInteger(Number(found));
  if (option === HOST_OPTIONS.functionTimeout && isReadable)
    return 'FunctionTimeout must be greater than 00:00:01 and less than 10675199.02:48:05.4775807.';
  if (option === RETRY_OPTIONS.maxRetryCount && isReadable)
    return "Microsoft.Azure.WebJobs.Script: Specified argument was out of the range of valid values. (Parameter 'maxRetryCount').";
  const type = CLR_TYPES[option.type];
  if (!type || isReadable) return undefined;
  // Azure names the property of its own class, which begins with a capital.
  const property = String(path.at(-1)).replace(/^./, (letter) => letter.toUpperCase());
  const conversion = `Microsoft.Extensions.Configuration.Binder: Failed to convert configuration value at '${['AzureFunctionsJobHost', ...parent, property].join(':')}' to type '${type}'.`;
  if (option.type !== 'timeSpan') return conversion;
  return `${conversion} System.ComponentModel.TypeConverter: ${found} is not a valid value for TimeSpan. System.Private.CoreLib: String '${found}' was not recognized as a valid TimeSpan.`;
}
