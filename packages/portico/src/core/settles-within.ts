import type { Clock } from './clock.ts';

/** Whether the promise settles, either way, within that time. */
export async function settlesWithin(promise: Promise<unknown>, ms: number, clock: Pick<Clock, 'sleep'>): Promise<boolean> {
  const settled = new AbortController();
  const inTime = promise.then(
    () => true,
    () => true,
  );
  const tooLate = clock.sleep(ms, settled.signal).then(
    () => false,
    () => false,
  );
  const result = await Promise.race([inTime, tooLate]);
  settled.abort();
  return result;
}
