import type { Clock } from '../core/clock.ts';

/** The service has answered long before; what is still open then has been lost on the way. */
const MOST_MS = 120_000;

type Shift = { readonly end: AbortController; readonly begunMs: number };

/** Requests that end: with an answer, when there is none for too long, or when all are cut off. */
export class StorageRequests {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** Requests of about the same time share a signal: one for each is dear. */
  readonly #earlier: Shift[] = [];
  #current: Shift;
  #isCutOff = false;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
    this.#current = this.#newShift();
  }

  async send<Reply>(request: (signal: AbortSignal) => Promise<Reply>): Promise<Reply> {
    const { signal } = this.#current.end;
    try {
      return await request(signal);
    } catch (error) {
      throw signal.aborted ? noAnswer(error) : error;
    }
  }

  /** To be called now and then: gives up those that are overdue, late by the time between two calls at most. */
  endOverdue(): void {
    if (this.#isCutOff) return;
    this.#earlier.push(this.#current);
    this.#current = this.#newShift();
    const latestMs = this.#current.begunMs - MOST_MS;
    while (this.#earlier[0] !== undefined && this.#earlier[0].begunMs <= latestMs) this.#earlier.shift()?.end.abort();
  }

  /** Those that are open, and all to come. */
  cutOff(): void {
    this.#isCutOff = true;
    for (const { end } of [...this.#earlier, this.#current]) end.abort();
  }

  #newShift(): Shift {
    return { end: new AbortController(), begunMs: this.#clock.monotonicMs() };
  }
}

/** With the code that the system has for it. */
function noAnswer(cause: unknown): Error {
  return Object.assign(new Error('The request was given up.', { cause }), { code: 'ETIMEDOUT' });
}
