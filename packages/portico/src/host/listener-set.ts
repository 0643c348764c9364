// The listeners of one app: one for each function whose trigger is no request. They follow the app as it is read anew, and those that nothing has happened to go on.

import type { Clock } from '../core/clock.ts';
import { listenerNotStarted } from '../core/error-catalogue.ts';
import type { InvocationOutcome, Listener, ListenerContext, TriggerEvent } from '../core/extension.ts';
import type { FunctionMetadata } from '../core/function-app.ts';
import { type Logger, report } from '../core/log.ts';
import type { RunnableFunction } from '../invocation/runnable-function.ts';

/** A function with what runs it. */
export type EventFunction = { readonly metadata: FunctionMetadata; readonly runnable: RunnableFunction };

/** The app as far as listeners are concerned. */
export type ListenedApp = {
  /** Those that may run. */
  readonly functions: readonly EventFunction[];
  /** What a listener is made of, as text: whatever is equal runs on. */
  readonly fingerprint: (fn: FunctionMetadata) => string;
  readonly createListener: (fn: FunctionMetadata, runs: Runs) => Promise<Listener>;
};

/** What a listener needs to run its function. */
export type Runs = Pick<ListenerContext, 'whenReady' | 'invoke'>;

export type ListenerSetOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly whenReady: Runs['whenReady'];
  readonly run: (fn: RunnableFunction, event: TriggerEvent, signal: AbortSignal) => Promise<InvocationOutcome>;
};

type Running = { readonly fingerprint: string; readonly listener: Promise<Listener | undefined>; readonly ended: AbortController };

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export class ListenerSet {
  readonly #options: ListenerSetOptions;
  readonly #running = new Map<string, Running>();
  /** As they are now: a listener that goes on calls the function as it was read last. */
  #functions = new Map<string, RunnableFunction>();
  #app: ListenedApp | undefined;
  #paused = false;
  /** What is done to the listeners is done one after the other. */
  #turn: Promise<void> = Promise.resolve();
  /** Aborted: what runs is given up. */
  readonly #abandoning = new AbortController();
  #stopped = false;

  constructor(options: ListenerSetOptions) {
    this.#options = options;
  }

  /** Undefined: nothing may run. Resolves when those that are not wanted any more have ended. */
  use(app: ListenedApp | undefined): Promise<void> {
    this.#app = app;
    this.#functions = new Map(app?.functions.map(({ runnable }) => [runnable.name, runnable]));
    return this.#next();
  }

  /** No event is taken until `resume`. Resolves when what runs has ended. */
  pause(): Promise<void> {
    this.#paused = true;
    return this.#next();
  }

  resume(): Promise<void> {
    this.#paused = false;
    return this.#next();
  }

  /** Takes no event any more; resolves when what runs has ended, or was given up because the signal aborted. */
  stop(signal: AbortSignal): Promise<void> {
    this.#stopped = true;
    if (signal.aborted) this.#abandoning.abort();
    else signal.addEventListener('abort', () => this.#abandoning.abort(), { once: true });
    return this.#next();
  }

  #next(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#apply());
    return this.#turn;
  }

  async #apply(): Promise<void> {
    const app = this.#stopped || this.#paused ? undefined : this.#app;
    const wanted = new Map<string, EventFunction>();
    for (const fn of app?.functions ?? []) wanted.set(fn.metadata.name, fn);
    const ending = [...this.#running].flatMap(([name, running]) => {
      const metadata = wanted.get(name)?.metadata;
      if (metadata !== undefined && app?.fingerprint(metadata) === running.fingerprint) return [];
      this.#running.delete(name);
      return [this.#end(running)];
    });
    await Promise.all(ending);
    if (app === undefined) return;
    for (const [name, { metadata }] of wanted) if (!this.#running.has(name)) this.#begin(metadata, app);
  }

  #begin(metadata: FunctionMetadata, app: ListenedApp): void {
    const ended = new AbortController();
    const listener = this.#start(metadata, app, ended.signal);
    this.#running.set(metadata.name, { fingerprint: app.fingerprint(metadata), listener, ended });
  }

  /** Until it listens, or is not wanted any more. */
  async #start(metadata: FunctionMetadata, app: ListenedApp, ended: AbortSignal): Promise<Listener | undefined> {
    const { clock, log, whenReady, run } = this.#options;
    const { name } = metadata;
    const invoke: Runs['invoke'] = async (event, signal) => {
      const fn = this.#functions.get(name);
      return fn === undefined ? { status: 'abandoned' } : run(fn, event, signal);
    };
    let pauseMs = FIRST_PAUSE_MS;
    while (!ended.aborted) {
      let listener: Listener | undefined;
      try {
        listener = await app.createListener(metadata, { whenReady, invoke });
        await listener.start(ended);
        return listener;
      } catch (error) {
        await listener?.stop(AbortSignal.abort());
        if (ended.aborted) return undefined;
        report(log, 'error', listenerNotStarted({ functionName: name, pauseMs, cause: error }));
        await clock.sleep(pauseMs, ended).catch(() => {});
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
    return undefined;
  }

  async #end({ listener, ended }: Running): Promise<void> {
    ended.abort();
    await (await listener)?.stop(this.#abandoning.signal);
  }
}
