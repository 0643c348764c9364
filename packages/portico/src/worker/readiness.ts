// Whether the handler answers HTTP yet. An open port is not enough: many servers open it before they can answer.
import type { Clock } from '../core/clock.ts';
import { probe } from './probe.ts';

/** `timedOut` with what came instead of HTTP, if anything came. */
export type Readiness = { readonly how: 'answered' } | { readonly how: 'timedOut'; readonly garbage: string | undefined };

export type ReadinessOptions = {
  readonly port: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called after two seconds, and then more and more rarely. */
  readonly onWaiting: (waitedMs: number, garbage: string | undefined) => void;
  /** Between two questions. Default: 25. */
  readonly longestPauseMs?: number;
};

// Parity: the longest pause is the original's only one. A compiled handler is there within milliseconds, so the first pauses are short.
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
/** The pause, as a share of the time waited so far: so late at most is the answer noticed. */
const PAUSE_SHARE = 0.05;
const FIRST_REMINDER_MS = 2000;

/** Asks `GET /` until any HTTP answer comes; every status will do. Rejects with the signal's reason. */
export async function waitUntilReady(
  { port, timeoutMs, clock, onWaiting, longestPauseMs = LONGEST_PAUSE_MS }: ReadinessOptions,
  signal: AbortSignal,
): Promise<Readiness> {
  signal.throwIfAborted();
  const startedMs = clock.monotonicMs();
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  let garbage: string | undefined;

  async function remind(): Promise<never> {
    for (let pauseMs = FIRST_REMINDER_MS; ; pauseMs *= 2) {
      await clock.sleep(pauseMs, ended);
      onWaiting(Math.round(clock.monotonicMs() - startedMs), garbage);
    }
  }
  async function ask(): Promise<Readiness> {
    for (;;) {
      const answer = await probe(port, '/', ended);
      if (answer !== undefined && 'status' in answer) return { how: 'answered' };
      garbage = answer?.garbage ?? garbage;
      const pauseMs = (clock.monotonicMs() - startedMs) * PAUSE_SHARE;
      await clock.sleep(Math.min(Math.max(pauseMs, SHORTEST_PAUSE_MS), longestPauseMs), ended);
    }
  }
  try {
    // A race, because a handler that accepts and stays silent would hold the last question for ever.
    const timedOut = clock.sleep(timeoutMs, ended).then((): Readiness => ({ how: 'timedOut', garbage }));
    return await Promise.race([ask(), timedOut, remind()]);
  } finally {
    over.abort();
  }
}
