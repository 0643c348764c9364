import { describe, expect, test } from 'vitest';
import type { RetryPolicy } from './function-app.ts';
import { mayRetry, retryDelayMs } from './retry-delay.ts';

const growing: RetryPolicy = { strategy: 'exponentialBackoff', maxRetryCount: 9, minimumMs: 1000, maximumMs: 10_000 };

describe('pauses between attempts', () => {
  test('are always the same with a fixed delay', () => {
    const policy: RetryPolicy = { strategy: 'fixedDelay', maxRetryCount: 3, delayMs: 250 };
    expect([1, 2, 50].map((retryNumber) => retryDelayMs(policy, retryNumber, 0.9))).toEqual([250, 250, 250]);
  });

  // https://github.com/Azure/azure-webjobs-sdk: the first is the minimum; the n-th adds 2^(n-1) minima, give or take a fifth.
  test.each([
    [1, 0, 1000],
    [1, 1, 1000],
    [2, 0, 2600],
    [2, 0.5, 3000],
    [2, 1, 3400],
    [3, 0, 4200],
    [3, 1, 5800],
    [4, 0.5, 9000],
    [5, 0, 10_000],
    [5000, 0.5, 10_000],
  ])('grow with exponential backoff: number %i at chance %d takes %i ms', (retryNumber, fraction, ms) => {
    expect(retryDelayMs(growing, retryNumber, fraction)).toBeCloseTo(ms, 6);
  });

  test('never exceed the maximum, not even the first', () => {
    expect(retryDelayMs({ ...growing, maximumMs: 400 }, 1, 0)).toBe(400);
  });
});

describe('a retry', () => {
  test.each([
    [0, 0, false],
    [2, 0, true],
    [2, 1, true],
    [2, 2, false],
    [-1, 1_000_000, true],
  ])('of at most %i after %i is allowed: %s', (maxRetryCount, retryCount, allowed) => {
    expect(mayRetry({ ...growing, maxRetryCount }, retryCount)).toBe(allowed);
  });
});
