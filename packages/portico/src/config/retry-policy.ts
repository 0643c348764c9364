// Retry policies, which host.json and function.json write alike. https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-handling-retries
import type { JsonValue, RetryPolicy } from '../core/function-app.ts';
import { isJsonObject } from '../core/json-value.ts';
import { choice, integer, timeSpan } from '../core/option-values.ts';
import type { OptionsOf } from '../core/options.ts';
import type { Problem } from '../core/problem.ts';
import { retryIncomplete } from '../core/problems/any-file.ts';
import { valueAt } from './json-document.ts';

const SOURCE = 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-handling-retries';

export const RETRY_OPTIONS = {
  strategy: choice(['fixedDelay', 'exponentialBackoff'], { doc: 'How the pauses grow.', source: SOURCE }),
  maxRetryCount: integer({ min: -1, doc: 'How many times a failed run is tried again. -1: for ever.', source: SOURCE }),
  delayInterval: timeSpan({ doc: 'The pause of fixedDelay.', source: SOURCE }),
  minimumInterval: timeSpan({ doc: 'The first pause of exponentialBackoff.', source: SOURCE }),
  maximumInterval: timeSpan({ doc: 'The longest pause of exponentialBackoff.', source: SOURCE }),
};

type RetryOptions = OptionsOf<typeof RETRY_OPTIONS>;

/** Undefined when there is none, or when it lacks something; a value that is there and cannot be read is reported elsewhere. */
export function toRetryPolicy(
  options: RetryOptions,
  written: JsonValue | undefined,
  add: (problem: Problem) => void,
): RetryPolicy | undefined {
  if (!isJsonObject(written) || Object.keys(written).length === 0) return undefined;
  const { strategy, maxRetryCount, delayInterval, minimumInterval, maximumInterval } = options;
  const missing = (name: string, azureMessage?: string) => {
    if ((valueAt(written, [name]) ?? null) === null) add(retryIncomplete(name, strategy, azureMessage));
    return undefined;
  };
  if (strategy === undefined) return missing('strategy');
  if (maxRetryCount === undefined) return missing('maxRetryCount');
  if (strategy === 'fixedDelay') {
    if (delayInterval === undefined) return missing('delayInterval', "Value cannot be null. (Parameter 'DelayInterval').");
    return { strategy, maxRetryCount, delayMs: delayInterval };
  }
  if (minimumInterval === undefined) return missing('minimumInterval');
  if (maximumInterval === undefined) return missing('maximumInterval');
  return { strategy, maxRetryCount, minimumMs: minimumInterval, maximumMs: maximumInterval };
}
