// A handler that somebody else starts and stops, such as a debugger: we wait for it as long as it takes.
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { HandlerSource } from './handler-source.ts';
import type { WorkerState } from './process-state.ts';
import { HANDLER_HOST, waitUntilReady } from './readiness.ts';

/** No wait for a server under a debugger is too long. */
const PATIENCE_MS = 2 ** 31 - 1;

export function attachHandler(port: number, clock: Clock, log: Logger): HandlerSource {
  const listeners = new Set<(state: WorkerState) => void>();
  const stopped = new AbortController();
  let state: WorkerState = 'stopped';
  let ready: Promise<void> | undefined;
  const become = (next: WorkerState): void => {
    state = next;
    for (const listener of listeners) listener(next);
  };
  const wait = async (): Promise<void> => {
    become('starting');
    const onWaiting = (): void => log.warning(`Waiting for a handler on ${HANDLER_HOST}:${port}; start it whenever you like.`);
    await waitUntilReady({ port, timeoutMs: PATIENCE_MS, clock, onWaiting }, stopped.signal);
    become('ready');
  };
  return {
    get state() {
      return state;
    },
    port,
    pid: undefined,
    startError: undefined,
    start() {
      ready ??= wait();
      // A stop ends the wait; those who wait themselves are told by whenReady.
      ready.catch(() => {});
    },
    retry() {},
    async stop() {
      stopped.abort();
      if (state !== 'stopped') become('stopped');
    },
    whenReady(signal) {
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        ready?.then(resolve, reject);
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
