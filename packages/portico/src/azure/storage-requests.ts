import type { Clock } from '../core/clock.ts';

/** The service has answered long before; what is still open then has been lost on the way. */
const MOST_MS = 120_000;

/** Requests that end: with an answer, when there is none for too long, or when all are cut off. */
export class StorageRequests {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** With when each began. */
  readonly #open = new Map<AbortController, number>();
  #isCutOff = false;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  async send<Reply>(request: (signal: AbortSignal) => Promise<Reply>): Promise<Reply> {
    const end = new AbortController();
    if (this.#isCutOff) end.abort();
    this.#open.set(end, this.#clock.monotonicMs());
    try {
      return await request(end.signal);
    } catch (error) {
      throw end.signal.aborted ? noAnswer(error) : error;
    } finally {
      this.#open.delete(end);
    }
  }

  /** Gives up those that are overdue. To be called now and then: a timer for each would be dear. */
  endOverdue(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [end, begunMs] of this.#open) if (nowMs - begunMs >= MOST_MS) end.abort();
  }

  /** Those that are open, and all to come. */
  cutOff(): void {
    this.#isCutOff = true;
    for (const end of this.#open.keys()) end.abort();
  }
}

/** With the code that the system has for it. */
function noAnswer(cause: unknown): Error {
  return Object.assign(new Error('The request was given up.', { cause }), { code: 'ETIMEDOUT' });
}
