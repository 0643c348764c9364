// What the host works on: requests whose callers wait, and events. Stops and drains wait for it, and the admin API counts it.

import { Chain, type Link } from '../core/chain.ts';

/** One piece of it. */
export interface Work {
  /** For people: `GET /api/hello`, `orders: New queue message`. */
  describe(): string;
}

export class WorkInHand {
  readonly #items = new Chain<Work>();
  #retryCount = 0;
  #finished: PromiseWithResolvers<void> | undefined;

  /** From the moment it was taken on until it is complete. */
  get count(): number {
    return this.#items.size;
  }

  /** Of those, the ones that wait for their next attempt. */
  get retryCount(): number {
    return this.#retryCount;
  }

  get items(): Iterable<Work> {
    return this.#items;
  }

  /** Returns what `end` is to be given. */
  begin(item: Work): Link<Work> {
    return this.#items.join(item);
  }

  /** The second time nothing happens. */
  end(begun: Link<Work>): void {
    if (!begun.leave() || this.#items.size > 0) return;
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
    if (this.#items.size === 0) return Promise.resolve();
    this.#finished ??= Promise.withResolvers();
    return this.#finished.promise;
  }
}
