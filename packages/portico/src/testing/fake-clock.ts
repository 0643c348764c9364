import type { Clock } from '../core/clock.ts';

type Sleeper = { readonly wakeAtMs: number; readonly wake: () => void };

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  readonly #startMs: number;
  #elapsedMs = 0;
  #sleepers: Sleeper[] = [];

  constructor(start = new Date('2026-01-01T00:00:00Z')) {
    this.#startMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#startMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (ms <= 0) return resolve();
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { wakeAtMs: this.#elapsedMs + ms, wake };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Moves the time. Sleepers wake at their moment, in order, and what follows from one has happened before the next wakes. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await settled();
    for (let next = this.#nextUntil(endMs); next !== undefined; next = this.#nextUntil(endMs)) {
      this.#elapsedMs = next.wakeAtMs;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
      await settled();
    }
    this.#elapsedMs = endMs;
  }

  #nextUntil(endMs: number): Sleeper | undefined {
    const due = this.#sleepers.filter(({ wakeAtMs }) => wakeAtMs <= endMs);
    return due.reduce<Sleeper | undefined>((first, other) => (first && first.wakeAtMs <= other.wakeAtMs ? first : other), undefined);
  }
}

/** Every promise that can settle without the outside world has settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
