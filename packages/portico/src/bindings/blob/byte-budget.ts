/** How many bytes may be in memory at a time. One who asks for more than there is gets it when nobody else has any. */
export class ByteBudget {
  readonly #total: number;
  #taken = 0;
  #waiting: (() => void)[] = [];

  constructor(total: number) {
    this.#total = total;
  }

  /** In the order of asking. Returns how to give them back; rejects when the signal aborts. */
  async take(bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.length > 0 || !this.#fits(bytes)) await this.#turn(bytes, signal);
    else this.#taken += bytes;
    return () => {
      this.#taken -= bytes;
      this.#waiting[0]?.();
    };
  }

  #fits(bytes: number): boolean {
    return this.#taken === 0 || this.#taken + bytes <= this.#total;
  }

  #turn(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== attempt);
        signal.removeEventListener('abort', abort);
        this.#waiting[0]?.();
      };
      const attempt = (): void => {
        if (!this.#fits(bytes)) return;
        this.#taken += bytes;
        leave();
        resolve();
      };
      const abort = (): void => {
        leave();
        reject(signal.reason);
      };
      this.#waiting.push(attempt);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
