import { setTimeout as sleep } from 'node:timers/promises';

export type Patience = { readonly limitMs: number; readonly everyMs?: number };

/** False: it did not come true in that time. Rejects when the signal aborts. */
export async function until(holds: () => boolean, { limitMs, everyMs = 5 }: Patience, signal: AbortSignal): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    if (holds()) return true;
    if (performance.now() >= deadlineMs) return false;
    await sleep(everyMs, undefined, { signal });
  }
}

export const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal });
