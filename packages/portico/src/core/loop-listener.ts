// The listener of a trigger that goes round in circles: wait, look, run, settle. How it starts, pauses, stops and outlives a fault of its service is written here, once.

import type { Listener, ListenerContext } from './extension.ts';
import { Outage } from './outage.ts';
import { whenAborted } from './when-aborted.ts';

const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * `stopping` aborts when no further event may be taken, `abandoning` when those that run are to be given up.
 * What it resolves with is the pause until the next round, in milliseconds; nothing: none.
 */
export type Round = (stopping: AbortSignal, abandoning: AbortSignal) => Promise<number | undefined> | Promise<void>;

export type LoopListenerOptions = {
  /** Of the pauses after rounds that failed, which grow. */
  readonly longestPauseMs?: number;
  /** Shared with whatever else of the listener may fail at the same time. */
  readonly outage?: Outage;
};

export type LoopListener = Listener & {
  /** Ends the pause, or keeps the one after this round from being made: there is something to do. */
  wake(): void;
};

/** One round after another until it is stopped. A round that fails although nobody stops it is logged, and the next one begins after a pause. */
export function loopListener(
  round: Round,
  { clock, log, functionName }: Pick<ListenerContext, 'clock' | 'log' | 'functionName'>,
  { longestPauseMs = LONGEST_PAUSE_MS, outage = new Outage({ log, functionName }) }: LoopListenerOptions = {},
): LoopListener {
  const stopping = new AbortController();
  const abandoning = new AbortController();
  let running: Promise<void> | undefined;
  let pausing: AbortController | undefined;
  let isWoken = false;

  async function run(): Promise<void> {
    let failurePauseMs = SHORTEST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      let pauseMs: unknown;
      try {
        pauseMs = await round(stopping.signal, abandoning.signal);
        failurePauseMs = SHORTEST_PAUSE_MS;
        outage.worked(run);
      } catch (error) {
        // The stop cut a wait short, or the fault is of no consequence any more.
        if (stopping.signal.aborted) return;
        outage.failed(run, error, { pauseMs: failurePauseMs });
        pauseMs = failurePauseMs;
        failurePauseMs = Math.max(SHORTEST_PAUSE_MS, Math.min(failurePauseMs * 2, longestPauseMs));
      }
      if (typeof pauseMs === 'number') await pause(pauseMs);
    }
  }

  async function pause(ms: number): Promise<void> {
    pausing = new AbortController();
    // Whoever came during the round came before this one.
    if (isWoken || stopping.signal.aborted) pausing.abort();
    await clock.sleep(ms, pausing.signal).catch(() => {});
    isWoken = false;
  }

  function wake(): void {
    isWoken = true;
    pausing?.abort();
  }

  return {
    wake,
    async start() {
      running ??= run();
    },
    async stop(signal) {
      stopping.abort();
      pausing?.abort();
      const done = running ?? Promise.resolve();
      await Promise.race([done, whenAborted(signal)]);
      abandoning.abort();
      await done;
    },
  };
}
