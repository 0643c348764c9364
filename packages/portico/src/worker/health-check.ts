// Asks a handler that runs whether it is well: a process whose event loop is stuck still takes connections.
import type { Clock } from '../core/clock.ts';
import type { HealthCheckConfig } from '../core/function-app.ts';
import { probe } from './probe.ts';

export interface HealthWatcher {
  /** So many checks in a row failed as are allowed; called again with every further one. */
  unwell(reason: string): void;
  well(): void;
}

/** Until the signal aborts. Never rejects. */
export async function watchHealth(
  port: number,
  check: HealthCheckConfig,
  clock: Clock,
  watcher: HealthWatcher,
  signal: AbortSignal,
): Promise<void> {
  let failureCount = 0;
  try {
    for (;;) {
      await clock.sleep(check.intervalMs, signal);
      const fault = await askForHealth(port, check, clock, signal);
      if (signal.aborted) return;
      failureCount = fault === undefined ? 0 : failureCount + 1;
      if (fault === undefined) watcher.well();
      else if (failureCount >= check.failureThreshold) watcher.unwell(fault);
    }
  } catch {
    // The sleep was cut short: nobody wants to know any more.
  }
}

/** What is wrong; undefined: nothing. */
async function askForHealth(
  port: number,
  { path, timeoutMs }: HealthCheckConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  let timedOut = false;
  const limit = clock.sleep(timeoutMs, ended).then(
    () => {
      timedOut = true;
      over.abort();
    },
    () => {
      // It answered in time, or nobody waits any more.
    },
  );
  const answer = await probe(port, path, ended);
  over.abort();
  await limit;
  if (answer === undefined) return timedOut ? `no answer within ${timeoutMs} ms` : 'no answer';
  if ('garbage' in answer) return `an answer that is not HTTP: ${JSON.stringify(answer.garbage)}`;
  return answer.status >= 200 && answer.status < 400 ? undefined : `status ${answer.status}`;
}
