/** failed: it does not run, and either waits for its next start or for somebody to mend what keeps it from starting. */
export type WorkerState = 'stopped' | 'starting' | 'ready' | 'failed' | 'stopping';

export type WorkerEvent = 'start' | 'answer' | 'fail' | 'stop' | 'end';

/** From a state, by an event, to a state. What is not here cannot happen. */
export const WORKER_TRANSITIONS: Readonly<Record<WorkerState, Partial<Readonly<Record<WorkerEvent, WorkerState>>>>> = {
  stopped: { start: 'starting' },
  starting: { answer: 'ready', fail: 'failed', stop: 'stopping' },
  ready: { fail: 'failed', stop: 'stopping' },
  failed: { start: 'starting', stop: 'stopping' },
  stopping: { end: 'stopped' },
};

export function nextState(state: WorkerState, event: WorkerEvent): WorkerState {
  const next = WORKER_TRANSITIONS[state][event];
  if (next === undefined) throw new Error(`A handler that is ${state} cannot ${event}.`);
  return next;
}
