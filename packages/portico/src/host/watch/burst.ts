// Many events that belong together: an editor writes a file in several steps, a compiler many files.
import type { Clock } from '../../core/clock.ts';

export type BurstOptions = {
  readonly clock: Clock;
  /** A burst is over when nothing has happened for so long. */
  readonly quietMs: number;
  /** However much happens, nobody waits longer. */
  readonly mostMs: number;
  /** One at a time. Never rejects. */
  readonly onSettled: () => Promise<void>;
};

/** Returns what to call for each event. Nothing is told any more once the signal aborts. */
export function createBurst({ clock, quietMs, mostMs, onSettled }: BurstOptions, signal: AbortSignal): () => void {
  let latestMs: number | undefined;
  let isWaiting = false;

  async function wait(): Promise<void> {
    try {
      while (latestMs !== undefined && !signal.aborted) {
        const endMs = clock.monotonicMs() + mostMs;
        while (latestMs !== undefined) {
          const leftMs: number = Math.min(latestMs + quietMs, endMs) - clock.monotonicMs();
          if (leftMs <= 0) break;
          await clock.sleep(leftMs, signal);
        }
        latestMs = undefined;
        await onSettled();
      }
    } finally {
      isWaiting = false;
    }
  }

  return () => {
    latestMs = clock.monotonicMs();
    if (isWaiting) return;
    isWaiting = true;
    // Rejects only when the signal aborts, and then nobody is told anything.
    void wait().catch(() => {});
  };
}
