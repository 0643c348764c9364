import type { HostError } from '../core/error.ts';
import type { WorkerState } from './process-state.ts';

/**
 * Soon: it had served, and comes back within moments. Later: it does not get as far as serving, or keeps ending, and what is wrong is known.
 * Never: until somebody mends it and calls retry.
 */
export type Outlook = 'soon' | 'later' | 'never';

/** Where a handler comes from: a process of ours (process.ts), or one that somebody else runs (attached-handler.ts). */
export interface HandlerSource {
  readonly state: WorkerState;
  /** Where it listens, from the first start on; the same for every start unless somebody else takes it in between. */
  readonly port: number | undefined;
  /** Undefined while no process runs, and for one that somebody else runs. */
  readonly pid: number | undefined;
  /** Why it is not ready. Undefined while it is, and before anything went wrong. */
  readonly trouble: HostError | undefined;
  /** When a handler that has failed is started again. */
  readonly outlook: Outlook;
  /** Begins to supervise it. Without effect while it is supervised already. */
  start(): void;
  /** Perhaps something was mended: the next start is now, if it does not run. Its failures go on counting. */
  retry(): void;
  /** It has refused a connection. It is ready again once it answers. */
  refused(): void;
  /** Resolves when nothing of it is left. A further call with a shorter grace hurries the first. */
  stop(graceMs: number): Promise<void>;
  /** Calls the listener after every change of state, until the returned function is called. */
  onChange(listener: (state: WorkerState) => void): () => void;
}
