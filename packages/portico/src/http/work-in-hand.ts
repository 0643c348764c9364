// What callers are waiting for: stops and drains wait for it too, and the admin API counts it.
import type { Call } from './call.ts';

export class WorkInHand {
  readonly #calls = new Set<Call>();
  #retryCount = 0;
  #finished: PromiseWithResolvers<void> | undefined;

  /** From the moment a request was let in until its answer is complete. */
  get count(): number {
    return this.#calls.size;
  }

  /** Of those, the ones that wait for their next attempt. */
  get retryCount(): number {
    return this.#retryCount;
  }

  get calls(): Iterable<Call> {
    return this.#calls;
  }

  begin(call: Call): void {
    this.#calls.add(call);
  }

  end(call: Call): void {
    if (!this.#calls.delete(call) || this.#calls.size > 0) return;
    this.#finished?.resolve();
    this.#finished = undefined;
  }

  async retrying<T>(wait: Promise<T>): Promise<T> {
    this.#retryCount += 1;
    try {
      return await wait;
    } finally {
      this.#retryCount -= 1;
    }
  }

  /** Resolves at the next moment at which nothing is in hand. */
  whenDone(): Promise<void> {
    if (this.#calls.size === 0) return Promise.resolve();
    this.#finished ??= Promise.withResolvers();
    return this.#finished.promise;
  }
}
