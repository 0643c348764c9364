// The handler under supervision: started, watched, started again. The states and what leads from one to the next are in process-state.ts.
import type { HostError } from '../core/error.ts';
import { workerListensEverywhere, workerPortTaken, workerStopped } from '../core/error-catalogue.ts';
import { createLogger, type LogFields, type Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { ChildProcess } from '../platform/child-process.ts';
import { addressesOfPort, freePort, isPortFree, portOwner } from '../platform/ports.ts';
import { type RunEnd, type RunOptions, runHandler } from './process-run.ts';
import { nextState, type WorkerEvent, type WorkerState } from './process-state.ts';
import { HANDLER_HOST } from './readiness.ts';
import { isEveryAddress } from './readiness-finding.ts';
import { restartDelayMs } from './restart-delay.ts';

export interface WorkerProcess {
  readonly state: WorkerState;
  /** Where it listens, from the first start on; the same for every start unless somebody else takes it in between. */
  readonly port: number | undefined;
  /** Undefined while no process runs. */
  readonly pid: number | undefined;
  /** Why it is not ready: its latest failure. Undefined once it is ready. */
  readonly startError: HostError | undefined;
  /** From spawn to first answer, in the latest start that got so far. */
  readonly readyAfterMs: number | undefined;
  /** Begins to supervise it; whenReady tells how that went. Without effect while it is supervised already. */
  start(): void;
  /** Perhaps something was mended: the next start is now, if it does not run. Its failures go on counting. */
  retry(): void;
  /** Resolves when nothing of it is left. A further call with a shorter grace hurries the first. */
  stop(graceMs: number): Promise<void>;
  /** Waits as long as a process is starting or will be started. Rejects with a HostError when nobody is trying any more, and with the signal's reason. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** Calls the listener after every change of state, until the returned function is called. */
  onChange(listener: (state: WorkerState) => void): () => void;
}

export type WorkerProcessOptions = RunOptions & { readonly random: Random };

/** A crash after so long is a first crash again. */
const HEALTHY_MS = 60_000;

/** What changes on disk so soon after a crash may be the crashed process's own work. */
const OWN_DOING_MS = 1000;

/** What the handler opens for itself is looked at once it has settled, and no caller waits for that. */
const LOOK_AROUND_MS = 1000;

export function createWorkerProcess(options: WorkerProcessOptions): WorkerProcess {
  return new SupervisedWorker(options);
}

class SupervisedWorker implements WorkerProcess {
  readonly #options: WorkerProcessOptions;
  readonly #logger: Logger;
  readonly #listeners = new Set<(state: WorkerState) => void>();
  #state: WorkerState = 'stopped';
  #port: number | undefined;
  #child: ChildProcess | undefined;
  #startError: HostError | undefined;
  #readyAfterMs: number | undefined;
  /** The latest failure that was logged. */
  #reported: HostError | undefined;
  #supervising: Promise<void> | undefined;
  /** Somebody asked for the end. */
  #stopping = false;
  /** Nobody tries to start it any more. */
  #hopeless = false;
  /** Ends the current run, or the pause after it. */
  #interrupt = new AbortController();
  #graceMs = 0;
  #failureCount = 0;
  #failedAtMs = 0;
  #lookedAround = false;

  constructor(options: WorkerProcessOptions) {
    this.#options = options;
    this.#logger = createLogger(options.observer, 'Worker.HttpWorkerChannel');
  }

  get state(): WorkerState {
    return this.#state;
  }
  get port(): number | undefined {
    return this.#port;
  }
  get pid(): number | undefined {
    return this.#child?.pid;
  }
  get startError(): HostError | undefined {
    return this.#startError;
  }
  get readyAfterMs(): number | undefined {
    return this.#readyAfterMs;
  }

  start(): void {
    this.#supervising ??= this.#supervise();
  }

  retry(): void {
    if (this.#state !== 'failed') return;
    // A handler that writes beside itself and crashes would otherwise never be waited for.
    const ownDoing = !this.#hopeless && this.#options.clock.monotonicMs() - this.#failedAtMs < OWN_DOING_MS;
    if (!ownDoing) this.#interrupt.abort();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#end(graceMs);
    await this.#supervising;
    this.#stopping = false;
  }

  async whenReady(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.#state !== 'ready') {
      if (this.#stopping || this.#supervising === undefined) throw workerStopped();
      if (this.#hopeless && this.#startError !== undefined) throw this.#startError;
      await this.#nextChange(signal);
    }
  }

  onChange(listener: (state: WorkerState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #supervise(): Promise<void> {
    while (!this.#stopping) {
      this.#interrupt = new AbortController();
      const { signal } = this.#interrupt;
      this.#hopeless = false;
      this.#apply('start');
      const end = await this.#run(signal);
      this.#child = undefined;
      if (end.how !== 'stopped' && !signal.aborted) await this.#pause(end, signal);
    }
    this.#supervising = undefined;
    this.#apply('end');
  }

  async #run(signal: AbortSignal): Promise<RunEnd> {
    const port = await this.#choosePort();
    if (typeof port !== 'number') return { how: 'failed', error: port, readyForMs: undefined };
    this.#port = port;
    const watcher = {
      spawned: (child: ChildProcess) => {
        this.#child = child;
        // The end may have been asked for while there was no child yet.
        if (signal.aborted) void child.stop(this.#graceMs);
      },
      ready: (afterMs: number) => {
        if (!signal.aborted) this.#welcome(afterMs, signal);
      },
    };
    return runHandler(this.#options, { port, workerId: this.#options.random.uuid() }, watcher, signal);
  }

  /** The configured one, else that of the last start, else any. */
  async #choosePort(): Promise<number | HostError> {
    const { port: fixed, section } = this.#options.handler;
    const wanted = fixed ?? this.#port;
    if (wanted !== undefined && (await isPortFree(HANDLER_HOST, wanted))) return wanted;
    if (fixed !== undefined) return workerPortTaken({ port: fixed, section, owner: await portOwner(fixed) });
    return freePort(HANDLER_HOST).catch((error: HostError) => error);
  }

  #welcome(afterMs: number, signal: AbortSignal): void {
    this.#startError = undefined;
    this.#reported = undefined;
    this.#readyAfterMs = afterMs;
    this.#apply('answer');
    this.#logger.information('Worker process started and initialized.', {
      fields: { pid: this.pid, port: this.#port, readyAfterMs: afterMs },
    });
    if (this.#lookedAround) return;
    this.#lookedAround = true;
    // Rejects only when it is interrupted: then there is nothing to look at.
    void this.#warnIfOpenToOthers(signal).catch(() => {});
  }

  async #warnIfOpenToOthers(signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(LOOK_AROUND_MS, signal);
    const port = this.#port ?? 0;
    if ((await addressesOfPort(port))?.some(isEveryAddress)) this.#report('warning', workerListensEverywhere(port));
  }

  /** Until the next start is due. What cannot succeed as it is waits for somebody to mend it and to call retry. */
  async #pause(end: Exclude<RunEnd, { how: 'stopped' }>, signal: AbortSignal): Promise<void> {
    this.#startError = end.error;
    this.#failedAtMs = this.#options.clock.monotonicMs();
    this.#hopeless = end.how === 'refused';
    const retryInMs = end.how === 'refused' ? undefined : this.#delayMs(end);
    if (end.how === 'restart') {
      this.#logger.information('Language Worker Process exited and needs to be restarted.', { fields: { retryInMs } });
    } else {
      this.#reportFailure(end.error, retryInMs);
    }
    this.#apply('fail');
    const pause = retryInMs === undefined ? aborted(signal) : this.#options.clock.sleep(retryInMs, signal);
    // Cut short: what is next was decided by whoever did it.
    await pause.catch(() => {});
  }

  /** In full when it is news; a handler that fails alike again and again gets a line each time. */
  #reportFailure(error: HostError, retryInMs: number | undefined): void {
    const same = this.#reported?.code === error.code && withoutNumbers(this.#reported.message) === withoutNumbers(error.message);
    this.#reported = error;
    if (same) this.#logger.error('The handler failed in the same way again.', { code: error.code, fields: { retryInMs } });
    else this.#report('error', error, { retryInMs });
  }

  #delayMs({ how, readyForMs }: Extract<RunEnd, { how: 'failed' | 'restart' }>): number {
    if (how === 'restart' && readyForMs !== undefined) return 0;
    if (readyForMs !== undefined && readyForMs >= HEALTHY_MS) this.#failureCount = 0;
    this.#failureCount++;
    return restartDelayMs(this.#failureCount, this.#options.random.fraction());
  }

  #end(graceMs: number): void {
    if (this.#supervising === undefined) return;
    this.#graceMs = graceMs;
    if (!this.#interrupt.signal.aborted) this.#apply('stop');
    this.#interrupt.abort();
    void this.#child?.stop(graceMs);
  }

  #apply(event: WorkerEvent): void {
    this.#state = nextState(this.#state, event);
    for (const listener of this.#listeners) listener(this.#state);
  }

  #report(level: 'warning' | 'error', { message, code, hint }: HostError, fields: LogFields = {}): void {
    this.#logger[level](message, { code, hint, fields });
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        leave();
        reject(signal.reason);
      };
      const leave = this.onChange(() => {
        leave();
        signal.removeEventListener('abort', abort);
        resolve();
      });
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Process ids, ports and times differ from failure to failure. */
const withoutNumbers = (text: string): string => text.replace(/\d+/g, '#');
