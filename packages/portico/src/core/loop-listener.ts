// The listener of a trigger that goes round in circles: wait, look, run, settle. How it starts, stops and outlives a fault of its service is written here, once.

import { messageOf } from './error.ts';
import type { Listener, ListenerContext } from './extension.ts';
import { whenAborted } from './when-aborted.ts';

const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * One round after another until it is stopped. `stopping` aborts when no further event may be taken, `abandoning` when those that run are to be given up;
 * a round that fails although nobody stops it is logged, and the next one begins after a pause that grows.
 */
export function loopListener(
  round: (stopping: AbortSignal, abandoning: AbortSignal) => Promise<void>,
  { clock, log, functionName }: Pick<ListenerContext, 'clock' | 'log' | 'functionName'>,
): Listener {
  const stopping = new AbortController();
  const abandoning = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let pauseMs = SHORTEST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      try {
        await round(stopping.signal, abandoning.signal);
        pauseMs = SHORTEST_PAUSE_MS;
      } catch (error) {
        // The stop cut a wait short, or the fault is of no consequence any more.
        if (stopping.signal.aborted) return;
        log.warning('The listener had to pause.', { functionName, fields: { reason: messageOf(error), pauseMs } });
        await clock.sleep(pauseMs, stopping.signal).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  return {
    async start() {
      running ??= run();
    },
    async stop(signal) {
      stopping.abort();
      const done = running ?? Promise.resolve();
      await Promise.race([done, whenAborted(signal)]);
      abandoning.abort();
      await done;
    },
  };
}
