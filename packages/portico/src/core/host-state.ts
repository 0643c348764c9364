/** As Azure's admin API names them. Starting: nothing is served yet. Error: host.json cannot be used. Offline: app_offline.htm is there. */
export type HostState = 'Starting' | 'Running' | 'Error' | 'Offline' | 'Stopping' | 'Stopped';
