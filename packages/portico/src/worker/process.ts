// The handler under supervision: started, watched, started again. The states and what leads from one to the next are in process-state.ts.
import type { HostError } from '../core/error.ts';
import { workerListensEverywhere, workerPortTaken, workerRefuses, workerUnhealthy, workerUnreachable } from '../core/errors/handler.ts';
import type { HealthCheckConfig } from '../core/function-app.ts';
import { createLogger, type Logger, report } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import { whenAborted } from '../core/when-aborted.ts';
import type { ChildProcess } from '../platform/child-process.ts';
import { addressesOfPort, freePort, isPortFree, portOwner } from '../platform/ports.ts';
import type { HandlerSource, Outlook } from './handler-source.ts';
import { watchHealth } from './health-check.ts';
import { HANDLER_HOST } from './probe.ts';
import { type RunEnd, type RunOptions, runHandler } from './process-run.ts';
import { nextState, type WorkerEvent, type WorkerState } from './process-state.ts';
import { waitUntilReady } from './readiness.ts';
import { isEveryAddress, portVariable } from './readiness-finding.ts';
import { restartDelayMs } from './restart-delay.ts';
import { HANDLER_STOP_MS } from './stop-time.ts';

export interface WorkerProcess extends HandlerSource {
  /** From spawn to first answer, in the latest start that got so far. */
  readonly readyAfterMs: number | undefined;
}

export type WorkerProcessOptions = RunOptions & { readonly random: Random; readonly healthCheck?: HealthCheckConfig | undefined };

/** A crash after so long is a first crash again. */
export const HEALTHY_MS = 60_000;

/** A request that waits so long for the next start is better served by it than by a 503. */
const SOON_MS = 2000;

/** What changes on disk so soon after a crash may be the crashed process's own work. */
const OWN_DOING_MS = 1000;

/** What the handler opens for itself is looked at once it has settled, and no caller waits for that. */
const LOOK_AROUND_MS = 1000;

/** Who has heard that the handler listens everywhere: once is enough for all processes of a host, and for those that follow after a reload. */
const told = new WeakSet<RunOptions['observer']>();

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
  #trouble: HostError | undefined;
  #readyAfterMs: number | undefined;
  /** The latest failure that was logged. */
  #reported: HostError | undefined;
  #supervising: Promise<void> | undefined;
  /** Somebody asked for the end. */
  #stopping = false;
  #outlook: Outlook = 'soon';
  /** Why we ended the current run ourselves. */
  #verdict: HostError | undefined;
  /** Ends the current run, or the pause after it. */
  #interrupt = new AbortController();
  /** Aborts when the current run has ended, however it did. */
  #run = new AbortController();
  #graceMs = 0;
  #failureCount = 0;
  #failedAtMs = 0;

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
  get trouble(): HostError | undefined {
    return this.#trouble;
  }
  get outlook(): Outlook {
    return this.#outlook;
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
    const ownDoing = this.#outlook !== 'never' && this.#options.clock.monotonicMs() - this.#failedAtMs < OWN_DOING_MS;
    if (!ownDoing) this.#interrupt.abort();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#end(graceMs);
    await this.#supervising;
    this.#stopping = false;
  }

  refused(): void {
    if (this.#state !== 'ready' && this.#state !== 'unhealthy') return;
    this.#apply('refuse');
    void this.#awaitReturn(this.#run.signal);
  }

  onChange(listener: (state: WorkerState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #supervise(): Promise<void> {
    while (!this.#stopping) {
      this.#interrupt = new AbortController();
      const { signal } = this.#interrupt;
      this.#outlook = 'soon';
      this.#apply('start');
      this.#run = new AbortController();
      const end = await this.#perform(signal);
      this.#run.abort();
      this.#child = undefined;
      if (end.how !== 'stopped' && !signal.aborted) await this.#pause(end, signal);
    }
    this.#supervising = undefined;
    this.#apply('end');
  }

  async #perform(signal: AbortSignal): Promise<RunEnd> {
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
        if (!signal.aborted) this.#welcome(afterMs);
      },
    };
    this.#verdict = undefined;
    const end = await runHandler(this.#options, { port, workerId: this.#options.random.uuid() }, watcher, signal);
    return end.how === 'failed' && this.#verdict !== undefined ? { ...end, error: this.#verdict } : end;
  }

  /** The configured one, else that of the last start, else any. */
  async #choosePort(): Promise<number | HostError> {
    const { port: fixed, section } = this.#options.handler;
    const wanted = fixed ?? this.#port;
    if (wanted !== undefined && (await isPortFree(HANDLER_HOST, wanted))) return wanted;
    if (fixed !== undefined) return workerPortTaken({ port: fixed, section, owner: await portOwner(fixed) });
    return freePort(HANDLER_HOST).catch((error: HostError) => error);
  }

  #welcome(afterMs: number): void {
    this.#reported = undefined;
    this.#readyAfterMs = afterMs;
    this.#answered();
    this.#logger.information('Worker process started and initialized.', {
      fields: { pid: this.pid, port: this.#port, readyAfterMs: afterMs },
    });
    const { signal } = this.#run;
    const { healthCheck, clock } = this.#options;
    const watcher = { unwell: (reason: string) => this.#sicken(reason), well: () => this.#recover() };
    if (healthCheck !== undefined) void watchHealth(this.#port ?? 0, healthCheck, clock, watcher, signal);
    if (told.has(this.#options.observer)) return;
    // Rejects only when the run ends: then there is nothing to look at.
    void this.#warnIfOpenToOthers(signal).catch(() => {});
  }

  #answered(): void {
    this.#trouble = undefined;
    this.#apply('answer');
  }

  #sicken(reason: string): void {
    const { healthCheck } = this.#options;
    if (this.#state !== 'ready' || healthCheck === undefined) return;
    this.#trouble = workerUnhealthy({ ...healthCheck, reason, pid: this.pid ?? 0 });
    report(this.#logger, 'error', this.#trouble);
    this.#apply('sicken');
  }

  #recover(): void {
    if (this.#state !== 'unhealthy') return;
    this.#logger.information('The handler is well again.', { fields: { pid: this.pid } });
    this.#answered();
  }

  /** It runs and takes no connection: perhaps it opens its port anew. One that stays away is as good as gone. */
  async #awaitReturn(signal: AbortSignal): Promise<void> {
    const { handler, clock } = this.#options;
    const facts = { port: this.#port ?? 0, pid: this.pid ?? 0, waitedMs: handler.initializationTimeoutMs };
    let said = false;
    // Not at once: a process that crashes refuses connections a moment before its end is noticed.
    const onWaiting = (): void => {
      if (!said) report(this.#logger, 'warning', workerRefuses({ ...facts, mostWaitMs: facts.waitedMs }));
      said = true;
    };
    const options = { port: facts.port, timeoutMs: facts.waitedMs, clock, onWaiting };
    // Rejects when it ends meanwhile, which its exit tells.
    const found = await waitUntilReady(options, signal).catch(() => undefined);
    if (found === undefined || signal.aborted || this.#state !== 'unreachable') return;
    if (found.how === 'answered') {
      if (said) this.#logger.information('The handler takes connections again.', { fields: { pid: facts.pid } });
      return this.#answered();
    }
    this.#verdict = workerUnreachable(facts);
    void this.#child?.stop(HANDLER_STOP_MS);
  }

  async #warnIfOpenToOthers(signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(LOOK_AROUND_MS, signal);
    const port = this.#port ?? 0;
    const address = (await addressesOfPort(port))?.find(isEveryAddress);
    if (address === undefined || told.has(this.#options.observer)) return;
    told.add(this.#options.observer);
    report(this.#logger, 'warning', workerListensEverywhere({ address, port, variable: portVariable(this.#options.handler.section) }));
  }

  /** Until the next start is due. What cannot succeed as it is waits for somebody to mend it and to call retry. */
  async #pause(end: Exclude<RunEnd, { how: 'stopped' }>, signal: AbortSignal): Promise<void> {
    this.#trouble = end.error;
    this.#failedAtMs = this.#options.clock.monotonicMs();
    const retryInMs = end.how === 'refused' ? undefined : this.#delayMs(end);
    const hadServed = end.how !== 'refused' && end.readyForMs !== undefined;
    this.#outlook = retryInMs === undefined ? 'never' : hadServed && retryInMs <= SOON_MS ? 'soon' : 'later';
    if (end.how === 'restart') {
      this.#logger.information('Language Worker Process exited and needs to be restarted.', { fields: { retryInMs } });
    } else {
      this.#reportFailure(end.error, retryInMs);
    }
    this.#apply('fail');
    const pause = retryInMs === undefined ? whenAborted(signal) : this.#options.clock.sleep(retryInMs, signal);
    // Cut short: what is next was decided by whoever did it.
    await pause.catch(() => {});
  }

  /** In full when it is news; a handler that fails alike again and again gets a line each time. */
  #reportFailure(error: HostError, retryInMs: number | undefined): void {
    const same = this.#reported?.code === error.code && withoutNumbers(this.#reported.message) === withoutNumbers(error.message);
    this.#reported = error;
    if (same) this.#logger.error('The handler failed in the same way again.', { code: error.code, fields: { retryInMs } });
    else report(this.#logger, 'error', error, { retryInMs });
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
    if (this.#state !== 'stopping') this.#apply('stop');
    this.#interrupt.abort();
    void this.#child?.stop(graceMs);
  }

  #apply(event: WorkerEvent): void {
    this.#state = nextState(this.#state, event);
    for (const listener of this.#listeners) listener(this.#state);
  }
}

/** Process ids, ports and times differ from failure to failure. */
const withoutNumbers = (text: string): string => text.replace(/\d+/g, '#');
