// The life of the host, as a table. docs/lifecycle.md is drawn from it.

/** As Azure's admin API names them. */
export type HostState = 'Starting' | 'Running' | 'Error' | 'Offline' | 'Stopping' | 'Stopped';

/** `serve`, `break` and `takeOffline` are what the app on disk makes of it, when the port opens and after every change. */
export type HostEvent = 'serve' | 'break' | 'takeOffline' | 'stop' | 'end';

/** From a state, by an event, to a state. What is not here cannot happen. */
export const HOST_TRANSITIONS: Readonly<Record<HostState, Partial<Readonly<Record<HostEvent, HostState>>>>> = {
  Starting: { serve: 'Running', break: 'Error', takeOffline: 'Offline', stop: 'Stopping', end: 'Stopped' },
  Running: { serve: 'Running', break: 'Error', takeOffline: 'Offline', stop: 'Stopping' },
  Error: { serve: 'Running', break: 'Error', takeOffline: 'Offline', stop: 'Stopping' },
  Offline: { serve: 'Running', break: 'Error', takeOffline: 'Offline', stop: 'Stopping' },
  Stopping: { end: 'Stopped' },
  Stopped: {},
};

export const HOST_STATES: Readonly<Record<HostState, string>> = {
  Starting: 'The port is not open yet.',
  Running: 'Functions are served, as soon as the handler is ready. Draining, by the admin API, is part of this state.',
  Error: 'host.json cannot be used. Functions answer 503 with the reason; the admin API answers.',
  Offline: 'app_offline.htm is there. Functions answer 503 with its text.',
  Stopping: 'Requests under way are finished, new ones are turned away with 503, readiness is 503; then the handler is stopped.',
  Stopped: 'Nothing is left, or the port could not be opened.',
};

export const HOST_EVENTS: Readonly<Record<HostEvent, string>> = {
  serve: 'The app on disk can be used.',
  break: 'host.json cannot be used.',
  takeOffline: 'app_offline.htm was found.',
  stop: 'SIGINT, SIGTERM, SIGHUP or `stop()`.',
  end: 'Everything has ended, or the start has failed.',
};

export function nextHostState(state: HostState, event: HostEvent): HostState {
  const next = HOST_TRANSITIONS[state][event];
  if (next === undefined) throw new Error(`A host that is ${state} cannot ${event}.`);
  return next;
}
