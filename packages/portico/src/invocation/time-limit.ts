// One limit of time for many runs. All of them may take equally long, so whichever began first is the first to run out:
// a list in order of their beginnings and one timer do, where a timer for each request would cost more than passing it on.
import type { Clock } from '../core/clock.ts';
import { formatTimeSpan } from '../core/time-span.ts';

/** What can run out of time. */
export interface Limited {
  /** Called once, unless it was forgotten before. */
  expire(limit: TimeLimit): void;
}

export class TimeLimit {
  readonly limitMs: number;
  /** What to change for another limit, in words. */
  readonly setting: string;
  readonly #clock: Clock;
  readonly #over: AbortSignal;
  readonly #begunMs = new Map<Limited, number>();
  #waits = false;

  /** Nothing expires any more once the signal aborts. */
  constructor(limitMs: number, setting: string, clock: Clock, over: AbortSignal) {
    this.limitMs = limitMs;
    this.setting = setting;
    this.#clock = clock;
    this.#over = over;
  }

  /** Its time begins now, anew if it had begun before. */
  watch(run: Limited): void {
    this.#begunMs.delete(run);
    this.#begunMs.set(run, this.#clock.monotonicMs());
    if (!this.#waits) void this.#wait();
  }

  forget(run: Limited): void {
    this.#begunMs.delete(run);
  }

  /** What the errors say of it. */
  factsFor(functionName: string): { readonly functionName: string; readonly limit: string; readonly setting: string } {
    return { functionName, limit: formatTimeSpan(this.limitMs), setting: this.setting };
  }

  async #wait(): Promise<void> {
    this.#waits = true;
    try {
      for (let first = this.#first(); first !== undefined; first = this.#first()) {
        const [run, begunMs] = first;
        const leftMs = begunMs + this.limitMs - this.#clock.monotonicMs();
        if (leftMs > 0) await this.#clock.sleep(leftMs, this.#over);
        else this.#expire(run);
      }
    } catch (error) {
      // Else the sleep was cut short by the end of the host, which ends all runs.
      if (!this.#over.aborted) throw error;
    } finally {
      this.#waits = false;
    }
  }

  #expire(run: Limited): void {
    this.#begunMs.delete(run);
    try {
      run.expire(this);
    } catch (error) {
      // A bug, which is to be seen as one, but not by keeping the others from their end.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #first(): [Limited, number] | undefined {
    return this.#begunMs.entries().next().value;
  }
}
