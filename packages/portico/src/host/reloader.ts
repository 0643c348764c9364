// What becomes of changes on disk: the app is read again, the handler built and replaced. One reload at a time;
// a newer change interrupts the one under way, and what that stood for is done with it.
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error.ts';
import { reloadLoop } from '../core/errors/host.ts';
import { type Logger, report } from '../core/log.ts';
import type { AppChange } from './app-watcher.ts';

export interface ReloadSteps {
  /** True: the handler is no longer the one that runs. */
  readApp(): boolean;
  /** The handler that is there was not made by the build command as it is now. */
  owesBuild(): boolean;
  /** False: it failed, which was said. */
  build(signal: AbortSignal): Promise<boolean>;
  /** False: the new handler does not serve, which was said. */
  replaceHandler(signal: AbortSignal): Promise<boolean>;
  /** Perhaps a handler that does not run was mended. */
  retryHandler(): void;
}

export type ReloaderOptions = {
  /** Whether changed sources reload a handler that runs. A file that counts for both, as host.json may name some, always does. */
  readonly reloadsSources: boolean;
  readonly steps: ReloadSteps;
  readonly clock: Clock;
  readonly log: Logger;
};

type Occasion = {
  /** In words. Undefined: the host starts. */
  readonly cause: string | undefined;
  /** Undefined: not a change on disk. */
  readonly file: string | undefined;
  /** The app is read again. */
  readonly app: boolean;
  /** The handler is replaced, whatever the app says. */
  readonly handler: boolean;
};

/** A handler that writes one of its own sources at every start would be started for ever. */
const LOOP_COUNT = 5;
const LOOP_WITHIN_MS = 500;
const LOOP_PAUSE_MS = 2000;
/** After so long without a change of that file it is no loop any more. */
const LOOP_QUIET_MS = 10_000;

export class Reloader {
  readonly #options: ReloaderOptions;
  #pending: Occasion | undefined;
  #current = new AbortController();
  #working: Promise<void> | undefined;
  #stopped = false;
  #lastFile: string | undefined;
  #lastEndedMs = Number.NEGATIVE_INFINITY;
  #lastSeenMs = Number.NEGATIVE_INFINITY;
  #loopCount = 0;
  #reloading = false;
  #doneCount = 0;
  /** Whose loop was told of. */
  #loopTold: string | undefined;

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** How many times all that had changed was taken over, and whether something is being. */
  get progress(): { readonly underWay: boolean; readonly count: number } {
    return { underWay: this.#working !== undefined, count: this.#doneCount };
  }

  /** Returns at once. */
  change({ file, app, handler }: AppChange): void {
    this.#begin({ cause: `${file} changed`, file, app, handler: handler && (app || this.#options.reloadsSources) });
  }

  /** The first time: nothing has changed. Resolves when the handler serves, or cannot. */
  async start(): Promise<void> {
    this.#begin({ cause: undefined, file: undefined, app: false, handler: true });
    await this.#working;
  }

  /** Whatever has changed; resolves when that is dealt with. */
  async reloadHandler(cause: string): Promise<void> {
    this.#begin({ cause, file: undefined, app: false, handler: true });
    await this.#working;
  }

  /** The app is read again and the handler replaced, whatever has changed. Returns at once. */
  restart(cause: string): void {
    this.#begin({ cause, file: undefined, app: true, handler: true });
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#current.abort();
    await this.#working;
  }

  #begin(occasion: Occasion): void {
    if (this.#stopped) return;
    this.#pending = merge(this.#pending, occasion);
    // What a loop brings up need not interrupt anything: it would never come to an end.
    if (!this.#isLoop(occasion.file)) this.#current.abort();
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    while (this.#pending !== undefined && !this.#stopped) {
      const occasion = this.#pending;
      this.#pending = undefined;
      this.#current = new AbortController();
      const { signal } = this.#current;
      try {
        await this.#breatheIfInLoop(occasion, signal);
        // A stop may have come first: then nothing of the host is to change any more.
        if (!signal.aborted) await this.#perform(occasion, signal);
      } catch (error) {
        if (!signal.aborted)
          this.#options.log.error('A change could not be taken over; the next one is tried again.', {
            fields: { reason: messageOf(error) },
          });
      }
      if (signal.aborted) this.#pending = merge(occasion, this.#pending);
    }
    this.#doneCount += 1;
    this.#working = undefined;
  }

  async #perform({ cause, app, handler }: Occasion, signal: AbortSignal): Promise<void> {
    const { steps, clock, log } = this.#options;
    const anotherHandler = app && steps.readApp();
    if (!anotherHandler && !handler && !steps.owesBuild()) {
      if (app) log.information(`${cause}: the app was read again, and the handler goes on.`);
      return steps.retryHandler();
    }
    const startedMs = clock.monotonicMs();
    if (cause !== undefined) log.information(`${cause}: reloading the handler.`);
    this.#reloading = true;
    try {
      const done = (await steps.build(signal)) && (await steps.replaceHandler(signal));
      const tookMs = Math.round(clock.monotonicMs() - startedMs);
      if (done && !signal.aborted && cause !== undefined) log.information('The handler was reloaded.', { fields: { tookMs } });
    } finally {
      this.#reloading = false;
      this.#lastEndedMs = clock.monotonicMs();
    }
  }

  /** Counts how often a file changes while the reload that it caused is under way, or right after it. */
  #isLoop(file: string | undefined): boolean {
    if (file === undefined) return false;
    const nowMs = this.#options.clock.monotonicMs();
    const again = file === this.#lastFile && (this.#reloading || nowMs - this.#lastEndedMs < LOOP_WITHIN_MS);
    const quiet = file !== this.#lastFile || nowMs - this.#lastSeenMs > LOOP_QUIET_MS;
    if (again) this.#loopCount += 1;
    else if (quiet) this.#loopCount = 0;
    this.#lastFile = file;
    this.#lastSeenMs = nowMs;
    return this.#loopCount >= LOOP_COUNT;
  }

  async #breatheIfInLoop({ file }: Occasion, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    if (file === undefined || file !== this.#lastFile || this.#loopCount < LOOP_COUNT) {
      this.#loopTold = undefined;
      return;
    }
    if (this.#loopTold !== file) {
      this.#loopTold = file;
      report(log, 'warning', reloadLoop(file, LOOP_PAUSE_MS));
    }
    await clock.sleep(LOOP_PAUSE_MS, signal);
  }
}

/** The first one is the cause. */
function merge(one: Occasion | undefined, other: Occasion | undefined): Occasion | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { ...one, app: one.app || other.app, handler: one.handler || other.handler };
}
