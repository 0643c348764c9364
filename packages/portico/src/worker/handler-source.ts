import type { WorkerProcess } from './process.ts';

/** Where a handler comes from: a process of ours, or one that somebody else runs. */
export type HandlerSource = Omit<WorkerProcess, 'readyAfterMs'>;
