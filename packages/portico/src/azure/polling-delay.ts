import type { Random } from '../core/random.ts';

const SHORTEST_MS = 100;

/**
 * How long to wait before an empty queue is looked at again: 100 ms after a message, then longer and longer, give or take a fifth.
 * Parity: the steps of Azure's host (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#polling-algorithm).
 */
export class PollingDelay {
  readonly #longestMs: number;
  readonly #random: Pick<Random, 'fraction'>;
  #currentMs = 0;
  #exponent = 0;

  constructor(longestMs: number, random: Pick<Random, 'fraction'>) {
    this.#longestMs = Math.max(longestMs, SHORTEST_MS);
    this.#random = random;
  }

  /** Messages were found, or somebody says that there are some. */
  reset(): void {
    this.#currentMs = SHORTEST_MS;
    this.#exponent = 1;
  }

  /** After a look in vain. */
  nextMs(): number {
    if (this.#currentMs === this.#longestMs) return this.#longestMs;
    const growth = this.#exponent > 0 ? (0.8 + 0.4 * this.#random.fraction()) * 2 ** (this.#exponent - 1) * SHORTEST_MS : 0;
    const candidateMs = SHORTEST_MS + growth;
    if (candidateMs < this.#longestMs) {
      this.#currentMs = candidateMs;
      this.#exponent += 1;
    } else this.#currentMs = this.#longestMs;
    return this.#currentMs;
  }
}
