// The listeners of one app: one for each function whose trigger is no request. They follow the app as it is read anew, and those that nothing has happened to go on.

import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error.ts';
import { listenerNotStarted } from '../core/errors/host.ts';
import type { InvocationOutcome, Listener, ListenerContext, TriggerEvent } from '../core/extension.ts';
import type { FunctionMetadata } from '../core/function-app.ts';
import { type Logger, report } from '../core/log.ts';
import { whenAborted } from '../core/when-aborted.ts';
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

/** One function: what listens for it, and who is just making that what it should be. */
type Slot = { running: Running | undefined; working: Promise<void> | undefined };

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

export class ListenerSet {
  readonly #options: ListenerSetOptions;
  /** By function. Each goes its own way: one that does not come to an end holds up no other. */
  readonly #slots = new Map<string, Slot>();
  #app: ListenedApp | undefined;
  /** As they are now: a listener that goes on calls the function as it was read last. */
  #functions = new Map<string, EventFunction>();
  #paused = false;
  #stopped = false;
  /** Aborted: what runs is given up. */
  readonly #abandoning = new AbortController();

  constructor(options: ListenerSetOptions) {
    this.#options = options;
  }

  /** Undefined: nothing may run. Resolves when those that are not wanted any more have ended. */
  use(app: ListenedApp | undefined): Promise<void> {
    this.#app = app;
    this.#functions = new Map(app?.functions.map((fn) => [fn.metadata.name, fn]));
    return this.#settle();
  }

  /** No event is taken until `resume`. Resolves when what runs has ended. */
  pause(): Promise<void> {
    this.#paused = true;
    return this.#settle();
  }

  /** Resolves when events are taken again. */
  resume(): Promise<void> {
    this.#paused = false;
    return this.#settle();
  }

  /** Takes no event any more; resolves when what runs has ended, or was given up because the signal aborted. */
  stop(signal: AbortSignal): Promise<void> {
    this.#stopped = true;
    if (signal.aborted) this.#abandoning.abort();
    else signal.addEventListener('abort', () => this.#abandoning.abort(), { once: true });
    return this.#settle();
  }

  async #settle(): Promise<void> {
    for (const name of this.#functions.keys())
      if (!this.#slots.has(name)) this.#slots.set(name, { running: undefined, working: undefined });
    const work = [...this.#slots].map(([name, slot]) => {
      // Whoever works on it looks again when it is done.
      slot.working ??= this.#work(name, slot).finally(() => {
        slot.working = undefined;
        if (slot.running === undefined && !this.#functions.has(name)) this.#slots.delete(name);
      });
      return slot.working;
    });
    await Promise.all(work);
  }

  /** Until what listens is what should. Never rejects. */
  async #work(name: string, slot: Slot): Promise<void> {
    for (;;) {
      const app = this.#stopped || this.#paused ? undefined : this.#app;
      const metadata = app === undefined ? undefined : this.#functions.get(name)?.metadata;
      const { running } = slot;
      if (running !== undefined) {
        if (metadata !== undefined && app?.fingerprint(metadata) === running.fingerprint) return;
        slot.running = undefined;
        await this.#end(name, running);
      } else if (app !== undefined && metadata !== undefined) slot.running = this.#begin(metadata, app);
      else return;
    }
  }

  #begin(metadata: FunctionMetadata, app: ListenedApp): Running {
    const ended = new AbortController();
    return { fingerprint: app.fingerprint(metadata), listener: this.#start(metadata, app, ended.signal), ended };
  }

  /** Until it listens, or is not wanted any more. Never rejects. */
  async #start(metadata: FunctionMetadata, app: ListenedApp, ended: AbortSignal): Promise<Listener | undefined> {
    const { clock, log, whenReady, run } = this.#options;
    const { name } = metadata;
    const invoke: Runs['invoke'] = async (event, signal) => {
      const fn = this.#functions.get(name)?.runnable;
      return fn === undefined ? { status: 'abandoned' } : run(fn, event, signal);
    };
    for (let pauseMs = 0; !ended.aborted; pauseMs = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)) {
      if (pauseMs > 0) await clock.sleep(pauseMs, ended).catch(() => {});
      if (ended.aborted) break;
      let listener: Listener | undefined;
      try {
        listener = await app.createListener(metadata, { whenReady, invoke });
        await listener.start(ended);
        if (pauseMs > 0) log.information('The trigger listens after all.', { functionName: name });
        return listener;
      } catch (error) {
        await this.#stop(name, listener, AbortSignal.abort());
        // The first says it all; the next say it again for whoever looks closely.
        if (!ended.aborted) report(log, pauseMs === 0 ? 'error' : 'debug', listenerNotStarted({ functionName: name, cause: error }));
      }
    }
    return undefined;
  }

  async #end(name: string, { listener, ended }: Running): Promise<void> {
    ended.abort();
    const { signal } = this.#abandoning;
    // A start that does not heed its signal is left behind in the end.
    const started = await Promise.race([listener, whenAborted(signal).then(() => undefined)]);
    await this.#stop(name, started, signal);
  }

  async #stop(name: string, listener: Listener | undefined, signal: AbortSignal): Promise<void> {
    try {
      await listener?.stop(signal);
    } catch (error) {
      this.#options.log.error('A trigger could not be stopped in order.', { functionName: name, fields: { reason: messageOf(error) } });
    }
  }
}
