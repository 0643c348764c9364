// The host's end of the handler: where it comes from, and the channel to it while it is ready.
import type { Clock } from '../core/clock.ts';
import { HostError } from '../core/error.ts';
import { handlerAbsent, handlerNotReadyInTime } from '../core/error-catalogue.ts';
import { HandlerChannel } from '../worker/handler-channel.ts';
import type { HandlerSource } from '../worker/handler-source.ts';

export class HandlerLink {
  /** Undefined: the app has none, and nothing can be called. */
  readonly source: HandlerSource | undefined;
  readonly #clock: Clock;
  readonly #mostWaitMs: number;
  #channel: HandlerChannel | undefined;

  /** `mostWaitMs`: how long a request waits for a handler that is starting. */
  constructor(source: HandlerSource | undefined, clock: Clock, mostWaitMs: number) {
    this.source = source;
    this.#clock = clock;
    this.#mostWaitMs = mostWaitMs;
    source?.onChange((state) => {
      // Connections to a process that is gone are of no use to the next one.
      this.#channel?.close();
      this.#channel = state === 'ready' && source.port !== undefined ? new HandlerChannel(source.port, clock) : undefined;
    });
  }

  /** Undefined while the handler is not ready. */
  get channel(): HandlerChannel | undefined {
    return this.#channel;
  }

  /** Resolves when the handler is ready for the first time, or its first start has failed. */
  async start(): Promise<void> {
    const { source } = this;
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

  /** Rejects only when the signal aborts. */
  async whenChannel(signal: AbortSignal): Promise<HandlerChannel | HostError> {
    if (this.source === undefined) return handlerAbsent();
    const enough = new AbortController();
    const waiting = AbortSignal.any([signal, enough.signal]);
    const tooLong = this.#clock.sleep(this.#mostWaitMs, waiting);
    const ready = this.source.whenReady(waiting);
    try {
      await Promise.race([ready, tooLong]);
      return this.#channel ?? this.source.startError ?? handlerNotReadyInTime(this.#mostWaitMs);
    } catch (error) {
      if (error instanceof HostError) return error;
      throw error;
    } finally {
      void Promise.allSettled([ready, tooLong]);
      enough.abort();
    }
  }

  async stop(graceMs: number): Promise<void> {
    await this.source?.stop(graceMs);
    this.#channel?.close();
    this.#channel = undefined;
  }
}
