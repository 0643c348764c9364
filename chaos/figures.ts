export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** "longest 121 ms, median 97 ms, 5 times" */
export function describeTimes(timesMs: readonly number[]): string {
  if (timesMs.length === 0) return 'never measured';
  const [longest, middle] = [Math.max(...timesMs), median(timesMs)].map((ms) => `${Math.round(ms)} ms`);
  return `longest ${longest}, median ${middle}, ${timesMs.length} ${timesMs.length === 1 ? 'time' : 'times'}`;
}
