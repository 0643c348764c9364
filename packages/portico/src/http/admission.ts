// How many requests of an app run at once, wait, or are turned away.
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook#hostjson-settings

export type AdmissionLimits = {
  /** Running and waiting together; -1: no limit. */
  readonly maxOutstandingRequests: number;
  /** Running; -1: no limit. */
  readonly maxConcurrentRequests: number;
};

/** For those who are turned away. Nobody knows when there is room again; a second is what a person would wait. */
export const RETRY_AFTER = 'Retry-After: 1\r\n';

/** Called when the request has ended, however it did. */
export type Release = () => void;

export class Admission {
  readonly limits: AdmissionLimits;
  readonly #mostOutstanding: number;
  readonly #mostRunning: number;
  #outstanding = 0;
  #running = 0;
  #starting = false;
  readonly #waiting: (() => void)[] = [];

  constructor({ maxOutstandingRequests, maxConcurrentRequests }: AdmissionLimits) {
    this.limits = { maxOutstandingRequests, maxConcurrentRequests };
    this.#mostOutstanding = maxOutstandingRequests < 0 ? Number.POSITIVE_INFINITY : maxOutstandingRequests;
    this.#mostRunning = maxConcurrentRequests < 0 ? Number.POSITIVE_INFINITY : maxConcurrentRequests;
  }

  get runningCount(): number {
    return this.#running;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  get full(): boolean {
    return this.#outstanding >= this.#mostOutstanding;
  }

  /** Runs `begin` now or when its turn comes. Not to be called when full. The release may be called more than once. */
  enter(begin: () => void): Release {
    let state: 'waiting' | 'running' | 'over' = 'waiting';
    const start = (): void => {
      state = 'running';
      this.#running += 1;
      begin();
    };
    this.#outstanding += 1;
    this.#waiting.push(start);
    this.#startWaiting();
    return () => {
      if (state === 'over') return;
      this.#outstanding -= 1;
      if (state === 'running') this.#running -= 1;
      else this.#waiting.splice(this.#waiting.indexOf(start), 1);
      state = 'over';
      this.#startWaiting();
    };
  }

  /** One after another, not one within another: a request may end before its `begin` returns. */
  #startWaiting(): void {
    if (this.#starting) return;
    this.#starting = true;
    while (this.#running < this.#mostRunning && this.#waiting.length > 0) this.#waiting.shift()?.();
    this.#starting = false;
  }
}
