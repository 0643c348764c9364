import type { Clock } from '../../core/clock.ts';

/** Of messages that wait. */
const MOST = 1000;
/** As many may be sent before the queue is asked again. */
const AT_A_TIME = 100;
const PAUSE_MS = 500;

/**
 * Waits until there is room in a queue. For the emulator, where each request takes longer the more messages there are:
 * with ten thousand of them it handles 15 in a second, with a thousand 150. `lengthOf`: how many messages there are.
 */
export function queueRoom(
  lengthOf: (signal: AbortSignal) => Promise<number>,
  clock: Pick<Clock, 'sleep'>,
): (signal: AbortSignal) => Promise<void> {
  let left = AT_A_TIME;
  let asking: Promise<void> | undefined;
  const ask = async (signal: AbortSignal): Promise<void> => {
    while ((await lengthOf(signal)) > MOST) await clock.sleep(PAUSE_MS, signal);
    left = AT_A_TIME;
  };
  return async (signal) => {
    if (left === 0) {
      asking ??= ask(signal).finally(() => {
        asking = undefined;
      });
      await asking;
    }
    left = Math.max(left - 1, 0);
  };
}
