// A handler that somebody else starts and stops, such as a debugger: we wait for it as long as it takes, and again whenever it goes away.
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { HandlerSource } from './handler-source.ts';
import { HANDLER_HOST } from './probe.ts';
import { nextState, type WorkerEvent, type WorkerState } from './process-state.ts';
import { waitUntilReady } from './readiness.ts';

/** No wait for a server under a debugger is too long. */
const PATIENCE_MS = Number.POSITIVE_INFINITY;

/** Asking ten times as often would cost 3 % of a processor for as long as nobody starts it. */
const LONGEST_PAUSE_MS = 250;

export function attachHandler(port: number, clock: Clock, log: Logger): HandlerSource {
  const listeners = new Set<(state: WorkerState) => void>();
  const stopped = new AbortController();
  let state: WorkerState = 'stopped';
  const apply = (event: WorkerEvent): void => {
    state = nextState(state, event);
    for (const listener of listeners) listener(state);
  };
  const wait = async (): Promise<void> => {
    const onWaiting = (): void => log.warning(`Waiting for a handler on ${HANDLER_HOST}:${port}; start it whenever you like.`);
    // Rejects when it is stopped: then nobody waits.
    const options = { port, timeoutMs: PATIENCE_MS, clock, onWaiting, longestPauseMs: LONGEST_PAUSE_MS };
    const found = await waitUntilReady(options, stopped.signal).catch(() => undefined);
    if (found === undefined || stopped.signal.aborted) return;
    if (state === 'unreachable') log.information(`The handler on ${HANDLER_HOST}:${port} is back.`);
    apply('answer');
  };
  return {
    get state() {
      return state;
    },
    port,
    pid: undefined,
    trouble: undefined,
    outlook: 'soon',
    start() {
      if (state !== 'stopped' || stopped.signal.aborted) return;
      apply('start');
      void wait();
    },
    retry() {},
    refused() {
      if (state !== 'ready') return;
      log.warning(`The handler on ${HANDLER_HOST}:${port} is gone; requests wait until it is back.`);
      apply('refuse');
      void wait();
    },
    async stop() {
      stopped.abort();
      if (state === 'stopped') return;
      apply('stop');
      apply('end');
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
