// The life of one handler process, as a table. docs/lifecycle.md is drawn from it.

export type WorkerState = 'stopped' | 'starting' | 'ready' | 'unhealthy' | 'unreachable' | 'failed' | 'stopping';

export type WorkerEvent = 'start' | 'answer' | 'sicken' | 'refuse' | 'fail' | 'stop' | 'end';

/** From a state, by an event, to a state. What is not here cannot happen. */
export const WORKER_TRANSITIONS: Readonly<Record<WorkerState, Partial<Readonly<Record<WorkerEvent, WorkerState>>>>> = {
  stopped: { start: 'starting' },
  starting: { answer: 'ready', fail: 'failed', stop: 'stopping' },
  ready: { sicken: 'unhealthy', refuse: 'unreachable', fail: 'failed', stop: 'stopping' },
  unhealthy: { answer: 'ready', refuse: 'unreachable', fail: 'failed', stop: 'stopping' },
  unreachable: { answer: 'ready', fail: 'failed', stop: 'stopping' },
  failed: { start: 'starting', stop: 'stopping' },
  stopping: { end: 'stopped' },
};

/** What a request finds, in each state. */
export const WORKER_STATES: Readonly<Record<WorkerState, string>> = {
  stopped: 'Nobody has started it, or nothing of it is left.',
  starting: 'It was spawned and has not answered `GET /` yet. Requests wait for it.',
  ready: 'It answers. Requests go to it.',
  unhealthy: 'It runs, but fails its health check. Functions answer 503 at once, and no trigger takes an event.',
  unreachable: 'It runs, but has refused a connection. Requests wait until it takes one again, as at the start.',
  failed:
    'It has ended, or could not be started. The next start comes after a pause, or once somebody has mended what keeps it from starting.',
  stopping: 'It was told to end. Nothing new goes to it.',
};

export const WORKER_EVENTS: Readonly<Record<WorkerEvent, string>> = {
  start: 'It is started, or its pause is over.',
  answer: 'It answers HTTP, or passes its health check again.',
  sicken: 'So many health checks in a row have failed as portico.json allows.',
  refuse: 'A connection to it was refused.',
  fail: 'It ended by itself, did not answer in time, or could not be started.',
  stop: 'The host stops, or another process takes its place.',
  end: 'The last process of its group is gone.',
};

export function nextState(state: WorkerState, event: WorkerEvent): WorkerState {
  const next = WORKER_TRANSITIONS[state][event];
  if (next === undefined) throw new Error(`A handler that is ${state} cannot ${event}.`);
  return next;
}
