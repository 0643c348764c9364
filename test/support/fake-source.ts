// A handler that does what the test says, along the table of states.
import type { HostError } from '../../packages/portico/src/core/error.ts';
import type { HandlerSource, Outlook } from '../../packages/portico/src/worker/handler-source.ts';
import { nextState, type WorkerEvent, type WorkerState } from '../../packages/portico/src/worker/process-state.ts';

export class FakeSource implements HandlerSource {
  state: WorkerState = 'stopped';
  trouble: HostError | undefined;
  outlook: Outlook = 'later';
  readonly pid = 1;
  readonly port: number;
  /** What it was told, in order: `retry`, `refused`, `stop 5000`. */
  readonly told: string[] = [];
  /** While true it does not end when it is told to. */
  lingers = false;
  readonly #listeners = new Set<(state: WorkerState) => void>();
  readonly #gone = Promise.withResolvers<void>();

  constructor(port: number) {
    this.port = port;
  }

  start(): void {
    this.meets('start');
  }

  retry(): void {
    this.told.push('retry');
  }

  refused(): void {
    this.told.push('refused');
    if (this.state === 'ready') this.meets('refuse');
  }

  stop(graceMs: number): Promise<void> {
    this.told.push(`stop ${graceMs}`);
    if (this.state !== 'stopping' && this.state !== 'stopped') this.meets('stop');
    if (!this.lingers || graceMs === 0) this.ends();
    return this.#gone.promise;
  }

  onChange(listener: (state: WorkerState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  meets(...events: WorkerEvent[]): void {
    for (const event of events) {
      this.state = nextState(this.state, event);
      for (const listener of this.#listeners) listener(this.state);
    }
  }

  fails(trouble: HostError, outlook: Outlook = 'later'): void {
    this.trouble = trouble;
    this.outlook = outlook;
    this.meets('fail');
  }

  isAskedForHealthInVain(trouble: HostError): void {
    this.trouble = trouble;
    this.meets('sicken');
  }

  ends(): void {
    if (this.state === 'stopping') this.meets('end');
    this.#gone.resolve();
  }
}
