import type { Clock } from '../../core/clock.ts';

/** The service has answered long before; what is still open then has been lost on the way. */
const MOST_MS = 120_000;

/** Requests that end: with an answer, when there is none for too long, or when all are cut off. */
export class StorageRequests {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #open = new Set<AbortController>();
  #isCutOff = false;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  async send<Reply>(request: (signal: AbortSignal) => Promise<Reply>): Promise<Reply> {
    const end = new AbortController();
    const answered = new AbortController();
    this.#open.add(end);
    if (this.#isCutOff) end.abort();
    this.#clock.sleep(MOST_MS, answered.signal).then(
      () => end.abort(),
      () => {},
    );
    try {
      return await request(end.signal);
    } catch (error) {
      throw end.signal.aborted ? noAnswer(error) : error;
    } finally {
      answered.abort();
      this.#open.delete(end);
    }
  }

  /** Those that are open, and all to come. */
  cutOff(): void {
    this.#isCutOff = true;
    for (const end of this.#open) end.abort();
  }
}

/** With the code that the system has for it. */
function noAnswer(cause: unknown): Error {
  return Object.assign(new Error('The request was given up.', { cause }), { code: 'ETIMEDOUT' });
}
