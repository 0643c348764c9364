import type { RetryPolicy } from './function-app.ts';

/**
 * The pause before a retry, in milliseconds. `retryNumber` counts from 1; `fraction` is chance.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-handling-retries
 */
export function retryDelayMs(policy: RetryPolicy, retryNumber: number, fraction: number): number {
  if (policy.strategy === 'fixedDelay') return policy.delayMs;
  const { minimumMs, maximumMs } = policy;
  // Parity: the first pause is the minimum itself; each further one is the minimum and a growing share of it, give or take a fifth.
  if (retryNumber <= 1) return Math.min(minimumMs, maximumMs);
  return Math.min(minimumMs + (0.8 + 0.4 * fraction) * 2 ** (retryNumber - 1) * minimumMs, maximumMs);
}

/** -1 is for ever. */
export function mayRetry({ maxRetryCount }: RetryPolicy, retryCount: number): boolean {
  return maxRetryCount < 0 || retryCount < maxRetryCount;
}
