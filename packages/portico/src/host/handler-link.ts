// The host's end of the handler: where it comes from, and the channel to it while it is ready.
import type { Clock } from '../core/clock.ts';
import { HostError } from '../core/error.ts';
import { handlerAbsent, handlerNotReadyInTime, workerStopped } from '../core/error-catalogue.ts';
import { HandlerChannel } from '../worker/handler-channel.ts';
import type { HandlerSource } from '../worker/handler-source.ts';

/** Longer than the first, immediate, retry takes to begin. */
const FAILURE_PATIENCE_MS = 250;

export class HandlerLink {
  readonly #createSource: () => HandlerSource | undefined;
  readonly #clock: Clock;
  readonly #mostWaitMs: number;
  readonly #begun = Promise.withResolvers<void>();
  readonly #over = new AbortController();
  #source: HandlerSource | undefined;
  #channel: HandlerChannel | undefined;

  /** `createSource` is called at the start. `mostWaitMs`: how long a request waits for a handler that is starting. */
  constructor(createSource: () => HandlerSource | undefined, clock: Clock, mostWaitMs: number) {
    this.#createSource = createSource;
    this.#clock = clock;
    this.#mostWaitMs = mostWaitMs;
  }

  /** Undefined: the app has none, and nothing can be called; or it was not started yet. */
  get source(): HandlerSource | undefined {
    return this.#source;
  }

  /** Undefined while the handler is not ready. */
  get channel(): HandlerChannel | undefined {
    return this.#channel;
  }

  /** Resolves when the handler is ready for the first time, or its first start has failed. Never rejects. */
  async start(): Promise<void> {
    const source = this.#createSource();
    this.#source = source;
    source?.onChange((state) => {
      // Connections to a process that is gone are of no use to the next one.
      this.#channel?.close();
      this.#channel = state === 'ready' && source.port !== undefined ? new HandlerChannel(source.port, this.#clock) : undefined;
    });
    this.#begun.resolve();
    if (source === undefined) return;
    await new Promise<void>((resolve) => {
      const stopListening = source.onChange((state) => {
        if (state === 'starting') return;
        stopListening();
        resolve();
      });
      source.start();
    });
  }

  /** Waits from before the start on. Rejects only when the signal aborts. */
  async whenChannel(signal: AbortSignal): Promise<HandlerChannel | HostError> {
    const enough = new AbortController();
    const waiting = AbortSignal.any([signal, this.#over.signal, enough.signal]);
    const tooLong = this.#clock.sleep(this.#mostWaitMs, waiting);
    const ready = this.#whenReady(waiting);
    const failed = this.#staysFailed(waiting);
    try {
      await Promise.race([ready, tooLong, failed]);
      return this.#channel ?? this.#source?.startError ?? handlerNotReadyInTime(this.#mostWaitMs);
    } catch (error) {
      if (error instanceof HostError) return error;
      if (this.#over.signal.aborted) return workerStopped();
      throw error;
    } finally {
      void Promise.allSettled([ready, tooLong, failed]);
      enough.abort();
    }
  }

  async #whenReady(signal: AbortSignal): Promise<void> {
    await this.#begun.promise;
    if (this.#source === undefined) throw handlerAbsent();
    await this.#source.whenReady(signal);
  }

  /** Resolves when the handler has failed and is not tried again at once: a caller is better served with the reason. */
  async #staysFailed(signal: AbortSignal): Promise<void> {
    await this.#begun.promise;
    while (!signal.aborted) {
      await this.#clock.sleep(FAILURE_PATIENCE_MS, signal);
      if (this.#source?.state === 'failed') return;
    }
  }

  /** Nobody needs to wait for this handler any more, and whoever does is told so. */
  turnAway(): void {
    this.#over.abort();
  }

  /** Lets the handler end what it is doing, for that long, and stops it. */
  async retire(graceMs: number): Promise<void> {
    this.turnAway();
    const drained = new AbortController();
    const tooLong = this.#clock.sleep(graceMs, drained.signal);
    await Promise.race([this.#channel?.drain(), tooLong]);
    void Promise.allSettled([tooLong]);
    drained.abort();
    await this.stop(graceMs);
  }

  async stop(graceMs: number): Promise<void> {
    this.turnAway();
    await this.#source?.stop(graceMs);
    this.#channel?.close();
    this.#channel = undefined;
  }
}
