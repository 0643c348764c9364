// The host's end of the handler: the supervised process, or a server that somebody else started, and the channel to it while it is ready.
import type { Clock } from '../core/clock.ts';
import { HostError } from '../core/error.ts';
import { handlerAbsent, handlerNotReadyInTime } from '../core/error-catalogue.ts';
import { HandlerChannel } from '../worker/handler-channel.ts';
import type { WorkerProcess } from '../worker/process.ts';

export class HandlerLink {
  readonly #worker: WorkerProcess | undefined;
  readonly #clock: Clock;
  readonly #mostWaitMs: number;
  #channel: HandlerChannel | undefined;

  /** Without a worker nothing can be called. */
  constructor(worker: WorkerProcess | undefined, clock: Clock, mostWaitMs: number) {
    this.#worker = worker;
    this.#clock = clock;
    this.#mostWaitMs = mostWaitMs;
    worker?.onChange((state) => {
      // Connections of a process that is gone are of no use to the next one.
      this.#channel?.close();
      this.#channel = state === 'ready' ? new HandlerChannel(worker.port, clock) : undefined;
    });
  }

  get channel(): HandlerChannel | undefined {
    return this.#channel;
  }

  get worker(): WorkerProcess | undefined {
    return this.#worker;
  }

  /** Waits as long as a start may take; rejects only when the signal aborts. */
  async whenChannel(signal: AbortSignal): Promise<HandlerChannel | HostError> {
    if (this.#channel !== undefined) return this.#channel;
    if (this.#worker === undefined) return handlerAbsent();
    const waiting = new AbortController();
    const stopWaiting = (): void => waiting.abort(signal.reason);
    signal.addEventListener('abort', stopWaiting, { once: true });
    try {
      const tooLong = this.#clock.sleep(this.#mostWaitMs, waiting.signal).then(() => 'too long' as const);
      const ready = this.#worker.whenReady(waiting.signal).then(() => 'ready' as const);
      const first = await Promise.race([ready, tooLong]);
      void Promise.allSettled([ready, tooLong]);
      return this.#channel ?? this.#worker.startError ?? handlerNotReadyInTime(first === 'ready' ? 0 : this.#mostWaitMs);
    } catch (error) {
      if (error instanceof HostError) return error;
      throw error;
    } finally {
      signal.removeEventListener('abort', stopWaiting);
      waiting.abort();
    }
  }

  async stop(graceMs: number): Promise<void> {
    await this.#worker?.stop(graceMs);
    this.#channel?.close();
    this.#channel = undefined;
  }
}
