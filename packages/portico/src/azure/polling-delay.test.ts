import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PollingDelay } from './polling-delay.ts';

/** The pauses after so many looks in vain. `chance`: what every draw gives. */
function pauses(longestMs: number, count: number, { chance = 0.5, afterMessages = false } = {}): number[] {
  const delay = new PollingDelay(longestMs, { fraction: () => chance });
  if (afterMessages) delay.reset();
  return Array.from({ length: count }, () => Math.round(delay.nextMs()));
}

describe('the pause between two looks into an empty queue', () => {
  test.each([
    ['from the start', {}, [100, 200, 300, 500, 900, 1700, 3300, 6500, 12_900, 25_700, 51_300, 60_000, 60_000]],
    ['after messages', { afterMessages: true }, [200, 300, 500, 900, 1700, 3300, 6500, 12_900, 25_700, 51_300, 60_000, 60_000]],
    ['with the least luck', { chance: 0 }, [100, 180, 260, 420, 740, 1380, 2660, 5220, 10_340, 20_580, 41_060, 60_000]],
    ['with the most', { chance: 1 }, [100, 220, 340, 580, 1060, 2020, 3940, 7780, 15_460, 30_820, 60_000]],
  ])('grows as on Azure, %s', (_, how, expected) => {
    expect(pauses(60_000, expected.length, how)).toEqual(expected);
  });

  test.each([
    [2000, [100, 200, 300, 500, 900, 1700, 2000, 2000]],
    [200, [100, 200, 200]],
    [100, [100, 100, 100]],
  ])('grows to %d ms and no further', (longestMs, expected) => {
    expect(pauses(longestMs, expected.length)).toEqual(expected);
  });

  test('begins anew with every message', () => {
    const delay = new PollingDelay(60_000, { fraction: () => 0.5 });
    for (let looks = 0; looks < 20; looks += 1) delay.nextMs();
    delay.reset();
    expect([delay.nextMs(), delay.nextMs()]).toEqual([200, 300]);
  });

  test('is never shorter than 100 ms, longer than the longest, or shorter than the one before, whatever chance gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        fc.integer({ min: 100, max: 600_000 }),
        (chances, longestMs) => {
          const delay = new PollingDelay(longestMs, { fraction: () => chances.pop() ?? 0 });
          let before = 100;
          for (let looks = 0; looks < 30; looks += 1) {
            const pauseMs = delay.nextMs();
            expect(pauseMs).toBeLessThanOrEqual(longestMs);
            expect(pauseMs).toBeGreaterThanOrEqual(before);
            before = pauseMs;
          }
          expect(before).toBe(longestMs);
        },
      ),
    );
  });
});
