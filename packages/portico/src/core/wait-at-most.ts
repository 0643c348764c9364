import type { Clock } from './clock.ts';

/** Resolves when the promise settles, either way, or when that time is over. */
export async function waitAtMost(ms: number, promise: Promise<unknown>, clock: Pick<Clock, 'sleep'>): Promise<void> {
  const settled = new AbortController();
  await Promise.race([promise, clock.sleep(ms, settled.signal)]).catch(() => {});
  settled.abort();
}
