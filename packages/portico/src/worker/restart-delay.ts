export const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 30_000;

/**
 * How long to wait before the next start, after so many failures in a row. The first retry is immediate: most crashes are single ones.
 * From then on the pause doubles, and half of it is left to chance, so that several hosts do not fall on the same database together.
 */
export function restartDelayMs(failureCount: number, fraction: number): number {
  if (failureCount <= 1) return 0;
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (failureCount - 2), LONGEST_PAUSE_MS);
  return Math.round(pauseMs * (0.5 + fraction / 2));
}
