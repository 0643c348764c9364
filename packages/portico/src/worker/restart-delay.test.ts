import { describe, expect, test } from 'vitest';
import { restartDelayMs } from './restart-delay.ts';

describe('restart delay', () => {
  test.each([
    [1, 0],
    [2, 500],
    [3, 1000],
    [4, 2000],
    [7, 16_000],
    [8, 30_000],
    [5000, 30_000],
  ])('is, after %i failures, at most %i ms and at least half of that', (failureCount, longestMs) => {
    expect(restartDelayMs(failureCount, 0)).toBe(longestMs / 2);
    expect(restartDelayMs(failureCount, 1)).toBe(longestMs);
  });
});
